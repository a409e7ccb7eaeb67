# Codes of the FIN engine: who is at fault, what each means, what to do.
#
# The shape is the published one: a letter and two letters or digits, and in a negative
# acknowledgement the line after it. Where public sources give the code of a check, it is that
# code; the others are ours.

# Syntax: blocks, lines, characters.
code V21 sender "The blocks of the message do not follow the syntax of FIN: a brace is missing, a block is out of order, or a name is out of form." "Print the message again from your application; the finding says where the syntax breaks."
code V22 sender "The message holds a byte that no block may hold: a control character, a byte above 126, or a closing brace within a field." "Replace the character; names and texts of other alphabets are written in Latin letters."
code V23 sender "A line of block 4 neither starts a field nor goes on with one. A line within a field starts with neither a colon nor a hyphen." "Give the line to the right field, or begin it with another character."
code V24 sender "The lines of the message end in different ways, or a line end is cut in half." "End every line of block 4 with CR LF."
code V25 sender "The message is longer than any message may be." "Send it in several messages, or as a file."
code V26 sender "Bytes stand after the end of the message." "Submit one message at a time, without filling."
code V27 sender "The message was edited: its lines end with LF alone, or line ends stand between its blocks. The network takes CR LF within block 4, and nothing between blocks." "Export the message again without changing its line ends."

# Headers.
code H01 sender "Block 1 is out of form. It has an application, a service, a logical terminal, a session and a sequence: 25 characters." "Correct the header in your interface."
code H02 sender "Block 2 is out of form. It has I or O, the message type, the address, and what follows for input or output." "Correct the header in your interface."
code H03 sender "The service identifier of block 1 is none that exists." "Use 01 for a message and 21 for an acknowledgement."
code H10 sender "The terminal of the sender is X, which stands for any terminal and cannot send." "Put the letter of the sending terminal at the ninth place of the address."
code H20 sender "The priority does not go with the type: S is for system messages and for them only." "Use U or N in a user message, S in a system message."
code H25 sender "The delivery monitoring does not go with the priority: U needs 1 or 3, N has 2 or none." "Change the monitoring or the priority."
code H30 sender "A block that such a message must have is missing, or it has one that it must not have." "Complete the message."
code H50 sender "The terminal of the receiver is not X. The network chooses the terminal that delivers." "Put X at the ninth place of the receiver's address."

# User header.
code U01 sender "Block 3 holds a field that is none of the user header." "Remove the field."
code U02 sender "The fields of block 3 do not stand in their order." "Order them: 103, 113, 108, 119, 423, 106, 424, 111, 121, 115, 165, 433, 434."
code U03 sender "A field of block 3 stands there twice." "Remove one."
code U10 sender "The transaction reference (121) is missing in a type that needs it, or it is not a version 4 UUID in lower case." "Give each transaction one reference and carry it in every message about it."
code U11 sender "The validation flag (119) is none that the type has." "Remove the flag or use one of the type, such as STP, REMIT or COV."

# Trailers.
code Z01 sender "Block 5 holds a trailer that does not exist." "Remove the trailer."
code Z02 sender "A trailer is out of form." "Correct its value; the finding shows it."
code Z03 sender "A trailer stands there twice; only PDE and PDM may." "Remove one."
code Z04 sender "The message is marked as test and training (TNG), but a live terminal sends it." "Send it from the test address, or remove the mark."

# Acknowledgements.
code V28 sender "The fields of an acknowledgement are not those of an acceptance (177, 451 of 0) or a refusal (177, 451 of 1, 405), with 108 at the end or without." "Write the acknowledgement in that form."

# Structure of the text.
code M01 sender "The message type is not known to this network." "Check block 2; if the type is right, ask the operator which service carries it."
code M02 sender "A mandatory field or sequence is missing." "Add it at the place of the finding."
code M03 sender "The field does not belong to this type of message." "Remove it, or use the type that has it."
code M04 sender "The field stands there more often than it may." "Remove the repetition, or begin the sequence again."
code M05 sender "The field has a letter that this type does not allow at this place." "Use one of the letters that the finding names."
code M06 sender "The field stands too late: fields that follow it in this type precede it." "Move it to its place."
code M07 sender "No definition knows this field." "Check its tag."

# Content of fields.
code T12 sender "The ISIN is wrong: its form or its check digit." "Check the identification of the security."
code T18 sender "The message type in the field is none." "Give the three digits of the type."
code T26 sender "A reference starts or ends with a slash, or holds two in a row." "Choose a reference without such slashes."
code T27 sender "The BIC is out of form: it has 8 or 11 characters, and letters for the country." "Take the BIC from the directory."
code T28 sender "The country within the BIC does not exist." "Take the BIC from the directory."
code T29 sender "A logical terminal or a message reference is out of form." "Copy it from the message that it names."
code T30 sender "The content does not have the form of the field." "Compare it with the format that the finding names."
code T32 sender "A character is not of the set that this part may hold." "Replace it."
code T33 sender "A part or a line is longer than it may be." "Shorten it or break the line."
code T34 sender "The field is empty." "Fill it or leave it out."
code T36 sender "The code is none of those that the field may have in this type." "Use one that the finding names."
code T38 sender "The time does not exist." "Write it as hours and minutes, 0000 to 2359."
code T40 sender "An amount has no digit before the decimal comma." "Write 0 before the comma."
code T43 sender "An amount has no decimal comma, or more than one." "Write one comma, also without decimals: 100,"
code T50 sender "The date does not exist." "Write it in the form that the finding names."
code T52 sender "The currency is not an active code of ISO 4217." "Use the code of the currency."
code T73 sender "The country is not a code of ISO 3166." "Use the two letters of the country."
code T80 sender "The qualifier does not belong to this field at this place." "Use one that the finding names."
code T81 sender "A mandatory qualifier is missing." "Add the field with that qualifier."
code T82 sender "A qualifier stands there more often than it may." "Remove the repetition."
code T83 sender "The qualifier does not go with this letter of the field." "Use the letter that goes with it."
code T84 sender "The code after the qualifier is none of those that it may have." "Use one that the finding names, or name the scheme that yours comes from."
code C03 sender "The amount has more decimals than its currency." "Round the amount to the currency."
