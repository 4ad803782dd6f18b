"""Words for a colour that is refused."""

REASONS = {
    "colour": "Give a colour as # and six digits or letters a to f, such as #0b655a.",
    "contrast": "That colour is too pale: its contrast is {ratio} to 1, and text needs"
    " {least} to 1 to be read. Choose a darker one.",
}
