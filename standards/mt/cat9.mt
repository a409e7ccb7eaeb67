message 900 "Confirmation of Debit"
  20
  21
  25[-P]
  13D ?
  32A
  52[AD] ?
  72 ?

message 910 "Confirmation of Credit"
  20
  21
  25[-P]
  13D ?
  32A
  50[AFK] ?
  52[AD] ?
  56[AD] ?
  72 ?
  rule C06 : (50a or 52a) and not (50a and 52a) | either field 50 or field 52

message 920 "Request Message"
  20
  seq loop1 +
    12
    25
    34F {0,2}
  end
  rule C22 each loop1 : if 12 = '942' then 34F | field 34F with the floor limit, because report 942 is asked for
  rule C23 each loop1 : call floor_limits | one field 34F without a mark, or two of them, D and then C
  rule C40 each loop1 : 34F.currency = 34F.currency or not 34F | one currency in both fields 34F

message 935 "Rate Change Advice"
  20
  seq a +
    23 ?
    25 ?
    30
    37H +
  end
  72 ?
  rule T10 : count 30 <= 10 | at most ten rates
  rule C83 each a : (23 or 25) and not (23 and 25) | either field 23 or field 25

message 940 "Customer Statement Message"
  20
  21 ?
  25[-P]
  28C
  60[FM]
  seq a *
    61 ?
    86 ?
  end
  62[FM]
  64 ?
  65 *
  86 ?
  rule C24 each a : if 86 then 61 | a statement line (61) before its details (86)
  rule C27 : call same_currencies | currencies that start with the same two letters in all balances

message 941 "Balance Report"
  20
  21 ?
  25[-P]
  28
  13D ?
  60F ?
  90D ?
  90C ?
  62F
  64 ?
  65 *
  86 ?
  rule C27 : call same_currencies | currencies that start with the same two letters in all balances

message 942 "Interim Transaction Report"
  20
  21 ?
  25[-P]
  28C
  34F {1,2}
  13D
  seq a *
    61 ?
    86 ?
  end
  90D ?
  90C ?
  86 ?
  rule C24 each a : if 86 then 61 | a statement line (61) before its details (86)
  rule C23 : call floor_limits | one field 34F without a mark, or two of them, D and then C
  rule C27 : call same_currencies | currencies that start with the same two letters in all amounts

message 950 "Statement Message"
  20
  25
  28C
  60[FM]
  61 *
  62[FM]
  64 ?
  rule C27 : call same_currencies | currencies that start with the same two letters in all balances

message 970 "Netting Statement"
  20
  25
  28C
  60[FM]
  61 *
  62[FM]
  64 ?
  rule C27 : call same_currencies | currencies that start with the same two letters in all balances

message 971 "Netting Balance Report"
  20
  seq a +
    25
    62F
  end
  rule C27 : call same_currencies | currencies that start with the same two letters in all balances

message 972 "Netting Interim Statement"
  20
  25
  28C
  60[FM]
  61 *
  62[FM]
  64 ?
  rule C27 : call same_currencies | currencies that start with the same two letters in all balances

message 973 "Netting Request Message"
  20
  seq loop1 +
    12
    25
  end

message 985 "Status Enquiry"
  20
  57[ABD] ?
  59
  75 ?

message 986 "Status Report"
  20
  21
  59 ?
  79
