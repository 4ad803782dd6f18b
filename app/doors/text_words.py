"""Words for texts of messages that are refused, and sentences too long for a table."""

REASONS = {
    "text_syntax": "Line {line}: this cannot be read ({what}).",
    "text_unsafe": "Line {line}: “{what}” cannot be used. A text is made of words, of"
    " variables such as {{{{ doctor }}}}, and of {{% if token %}} … {{% endif %}}.",
    "text_variable": "Line {line}: there is no “{what}” in this message. There are:"
    " {known}.",
    "text_empty": "It would say nothing in some messages: put words outside of the if.",
    "text_code": "It must say the code in each case: {{{{ code }}}}.",
    "text_parts": "It would go as {parts} SMS, and {most} are the most: say it shorter."
    " Letters beyond the plain Latin ones take more than twice the room.",
    "text_long": "It would be {length} characters long, and {most} are the most.",
    "template_sms": "A DLT template id has 19 digits.",
    "template_whatsapp": "The name of an approved template has small letters, digits"
    " and _ only.",
    "template_email": "No text of e-mail is registered.",
    "sender": "Give the sender it is registered with: 3 to 6 letters or digits.",
    "sender_alone": "A sender goes with a template id: give both, or none.",
}
REGISTERED = (
    "These words are registered as {template}, and were not changed. Tick “Take its"
    " registration away”, or give the id under which the new words are registered."
)
UNAVAILABLE = (
    "Baari cannot reach its database at this moment. Nothing was half saved."
    " Try again in a little while."
)
