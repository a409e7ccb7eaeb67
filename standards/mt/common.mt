message 190 290 390 490 590 690 790 890 990 "Advice of Charges, Interest and Other Adjustments"
  20
  21
  25
  32[CD]
  52[AD] ?
  71B
  72 ?

message 191 291 391 491 591 691 791 891 991 "Request for Payment of Charges, Interest and Other Expenses"
  20
  21
  32B
  52[AD] ?
  57[ABD] ?
  71B
  72 ?

message 192 292 392 492 592 692 792 892 992 "Request for Cancellation"
  20
  21
  11S
  79 ?
  any
  rule C25 : 79 or call copied_fields | field 79, or fields copied from the message that is to be cancelled

message 195 295 395 495 595 695 795 895 995 "Queries"
  20
  21
  75
  77A ?
  11[RS] ?
  79 ?
  any
  rule C31 : not (79 and call copied_fields) | either field 79 or copied fields, not both

message 196 296 396 496 596 696 796 896 996 "Answers"
  20
  21
  76
  77A ?
  11[RS] ?
  79 ?
  any
  rule C31 : not (79 and call copied_fields) | either field 79 or copied fields, not both

message 198 298 398 498 598 698 798 898 998 "Proprietary Message"
  20
  12
  77E
  any

message 199 299 399 599 699 899 999 "Free Format Message"
  20
  21 ?
  79

message 499 799 "Free Format Message"
  20
  21 ?
  79 +
