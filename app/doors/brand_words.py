"""Words for a colour or a picture that is refused."""

REASONS = {
    "colour": "Give a colour as # and six digits or letters a to f, such as #0b655a.",
    "registry_id": "An id has letters, digits and hyphens alone, forty at most.",
    "contrast": "That colour is too pale: its contrast is {ratio} to 1, and text needs"
    " {least} to 1 to be read. Choose a darker one.",
    "picture": "That is no whole PNG or JPEG picture. Other kinds are not taken.",
    "heavy": "The picture has {size} KB, and at most {most} KB are taken: patients"
    " fetch it on slow lines. Save it smaller, such as 300 pixels wide.",
    "sides": "The picture is too large: at most {most} pixels on each side.",
    "no_picture": "Choose a picture first.",
}
