message 600 "Commodity Trade Confirmation"
  seq A
    15A
    20
    21
    22 in AMEND CANCEL COMPLETE CORRECT EXOPTION NEW NOTICE = code=8a/prefix1=4!c suffix1=2!c reference=4!n prefix2=4!c suffix2=2!c
    94A ?
    82[AJ]
    87[AJ]
    83[AJ] ?
    30
    26C
    26H ?
    33G
    71C ?
    77H
    77D ?
    14C ?
    72 ?
  end
  seq B ?
    15B
    32F
    86[ABD] ?
    87[ABD]
    34P
    53[AJ] ?
    56[AJ] ?
    57[AJ]
  end
  seq C ?
    15C
    32F
    86[ABD] ?
    87[ABD]
    34R
    56[AJ] ?
    57[AJ]
  end
  seq D ?
    15D
    seq D1 *
      22L
      91[ADJ] ?
      seq D1a *
        22M
        22N
        seq D1a1 *
          22P
          22R
        end
      end
    end
    96[ADJ] ?
    22S *
    22T ?
    17E ? in Y N
    22U ?
    35B ?
    17H ? in Y N
    17P ? in Y N
    22V ?
    98D ?
    17W ? in Y N
    17Y ? in Y N
    17Z ? in Y N
    22Q ?
    17L ? in Y N
    17M ? in Y N
    17Q ? in Y N
    17S ? in Y N
    17X ? in Y N
    34C *
    17A ?
  end
  rule T96 : call reference_in_order | the two codes of field 22 in alphabetical order, letters before digits
  rule T22 : call reference_of_price | the last digits of the price in field 33G between the codes of field 22
  rule C93 : (B/15B or C/15C) and not (B/15B and C/15C) | sequence B for a purchase or sequence C for a sale, not both
  rule C02 : if B/34P then B/34P.currency = A/33G.currency | the currency of 33G in field 34P
  rule C02 : if C/34R then C/34R.currency = A/33G.currency | the currency of 33G in field 34R
  rule D36 : if A/77H.type-of-agreement = 'OTHER' then A/77D | the agreement in field 77D, because field 77H does not name one
  rule D07 : if A/26C.type = 'GOLD' then not 32F.unit in GOZ TOZ | a unit of gold in field 32F
  rule D07 : if A/26C.type in PALL PLAT SILV then not 32F.unit in FOZ TOZ | a unit of that metal in field 32F
  rule C98 each D : 22L or 96a or 22S or 22T or 17E or 22U or 35B or 17H or 17P or 22V or 98D or 17W or 17Y or 17Z or 22Q or 17L or 17M or 17Q or 17S or 17X or 34C or 17A | a field after 15D, which may not stand alone
  rule C56 each D : if 17Z = 'Y' then 22Q | the code of the collateral portfolio in field 22Q, because there is a portfolio (17Z Y)

message 601 "Commodity Option Confirmation"
  seq A
    15A
    20
    21
    22 = code=8a/prefix1=4!c suffix1=2!c reference=4!n prefix2=4!c suffix2=2!c
    94A ?
    82[AJ]
    87[AJ]
    83[AJ] ?
    23
    30
    26C
    31C ?
    31G
    31E
    26F
    32F
    32B
    33B
    34[PR]
    53[AJ] ?
    56[AJ] ?
    57[AJ]
    77H
    77D ?
    14C ?
    72 ?
  end
  seq B ?
    15B
    seq B1 *
      22L
      91[ADJ] ?
      seq B1a *
        22M
        22N
        seq B1a1 *
          22P
          22R
        end
      end
    end
    96[ADJ] ?
    22S *
    22T ?
    17E ? in Y N
    22U ?
    35B ?
    17H ? in Y N
    17P ? in Y N
    22V ?
    98D ?
    17W ? in Y N
    17Y ? in Y N
    17Z ? in Y N
    22Q ?
    17L ? in Y N
    17M ? in Y N
    17Q ? in Y N
    17S ? in Y N
    17X ? in Y N
    34C *
    17A ?
  end
  rule T96 : call reference_in_order | the two codes of field 22 in alphabetical order, letters before digits
  rule C20 : if A/53a then A/34P | the date of the premium in field 34P, because field 53 names who delivers it
  rule C79 : if 31C then call american_style | no earliest exercise date (31C), for the option is not of American style (third part of field 23)
  rule D36 : if A/77H.type-of-agreement = 'OTHER' then A/77D | the agreement in field 77D, because field 77H does not name one
  rule D07 : if A/26C.type = 'GOLD' then not 32F.unit in GOZ TOZ | a unit of gold in field 32F
  rule D07 : if A/26C.type in PALL PLAT SILV then not 32F.unit in FOZ TOZ | a unit of that metal in field 32F
  rule C98 each B : 22L or 96a or 22S or 22T or 17E or 22U or 35B or 17H or 17P or 22V or 98D or 17W or 17Y or 17Z or 22Q or 17L or 17M or 17Q or 17S or 17X or 34C or 17A | a field after 15B, which may not stand alone
  rule C56 each B : if 17Z = 'Y' then 22Q | the code of the collateral portfolio in field 22Q, because there is a portfolio (17Z Y)

message 604 "Commodity Transfer/ Delivery Order"
  26C
  25 ?
  30
  72 ?
  seq loop1 +
    20
    21
    23
    26D ?
    32F
    82[ABD] ?
    86[ABD] ?
    87[ABD] ?
    88[ABD]
    72 ?
  end

message 605 "Commodity Notice to Receive"
  20
  26C
  25 ?
  30
  72 ?
  seq loop1 +
    21
    23
    26D ?
    32F
    82[ABD] ?
    86[ABD] ?
    87[ABD]
    88[ABD] ?
    72 ?
  end

message 606 "Commodity Debit Advice"
  20
  21
  26C
  25 ?
  26D ?
  30
  32F
  82[AD] ?
  86[ABD] ?
  87[AD] ?
  88[AD] ?
  72 ?

message 607 "Commodity Credit Advice"
  20
  21
  26C
  25 ?
  26D ?
  30
  32F
  82[AD] ?
  86[ABD] ?
  87[AD] ?
  88[ABD] ?
  72 ?

message 608 "Statement of a Commodity Account"
  20
  26C
  25 ?
  28
  60[FM] = mark=<dc> date=<date> unit=3!a amount=15d
  61 *
  62[FM] = mark=<dc> date=<date> unit=3!a amount=15d
  64 ? = mark=<dc> date=<date> unit=3!a amount=15d
  65 * = mark=<dc> date=<date> unit=3!a amount=15d

message 620 "Commodity Fixed Loan/Deposit Confirmation"
  seq A
    15A
    20
    21 ?
    22A
    94A ?
    22B in CONF MATU ROLL
    21N ?
    82[ADJ]
    87[ADJ]
    83[ADJ] ?
    26C
    77D ?
  end
  seq B
    15B
    17R in B L
    30T
    30V
    30P
    32[BF]
    32[HR] ?
    30X ?
    34[EJ]
    37G
    14D
    30F ?
    38J ?
  end
  seq C
    15C
    53[ADJ] ?
    86[ADJ] ?
    56[ADJ] ?
    57[ADJ]
    58[ADJ] ?
  end
  seq D
    15D
    53[ADJ] ?
    86[ADJ] ?
    56[ADJ] ?
    57[ADJ]
    58[ADJ] ?
  end
  seq E ?
    15E
    53[ADJ] ?
    86[ADJ] ?
    56[ADJ] ?
    57[ADJ]
    58[ADJ] ?
  end
  seq F ?
    15F
    53[ADJ] ?
    86[ADJ] ?
    56[ADJ] ?
    57[ADJ]
    58[ADJ] ?
  end
  seq G ?
    15G
    seq G1
      37L
      33[BJ]
    end
    seq G2 ?
      36 ?
      33[EJ] ?
    end
  end
  seq H ?
    15H
    29A ?
    24D ?
    84[ABDJ] ?
    85[ABDJ] ?
    88[ADJ] ?
    71F ?
    26H ?
    21G ?
    22Z ?
    72 ?
  end
  rule D70 : if A/22B != 'CONF' then A/21 | the reference of the confirmation in field 21, because this is not the first (22B)
  rule D70 : if A/22B = 'CONF' and A/22A != 'NEWT' then A/21 | the reference of the confirmation that is changed (22A) in field 21
  rule D72 : if A/94A = 'AGNT' then A/21N | the contract number of party A in field 21N, because an agent sends the message (94A AGNT)
  rule D56 : if A/22B = 'CONF' then B/30X and not (B/32H or B/32R) | the next due date (30X) and nothing to settle (32H, 32R) in a first confirmation (22B CONF)
  rule D56 : if A/22B = 'MATU' then (B/32H or B/32R) and not B/30X | what is settled (32H, 32R) and no next due date (30X) at maturity (22B MATU)
  rule D56 : if A/22B = 'ROLL' then (B/32H or B/32R) and B/30X | what is settled (32H, 32R) and the next due date (30X) in a rollover (22B ROLL)
  rule D57 : if A/22B = 'MATU' and B/17R = 'L' and not call settled_zero then B/32H.sign or B/32R.sign | a negative amount (32H, 32R) at maturity, for party A lent (17R L)
  rule D57 : if A/22B = 'MATU' and B/17R = 'B' then not (B/32H.sign or B/32R.sign) | a positive amount (32H, 32R) at maturity, for party A borrowed (17R B)
  rule D69 : if A/22B = 'MATU' then not B/30F | no last day of the first interest period (30F) at maturity (22B MATU)
  rule C98 each H : 29A or 24D or 84a or 85a or 88a or 71F or 26H or 21G or 22Z or 72 | a field after 15H, which may not stand alone

message 670 "Standing Settlement Instruction Update Notification Request"
  block A GENL
    20C
    23G
    block A1 LINK *
      20C
    end
    block A2 DISPAR
      95P *
      94C *
      22H ?
    end
    95[PQ] +
    22F
    97A ?
  end
  block B SSIDET +
    22H
    20C ?
    11A
    98A
    22F +
    block B1 CSHPRTY +
      95[PQRS] +
      97A ?
    end
    block B2 OTHRDET ?
      70E *
      22F ?
      22H ?
    end
  end
  block C OTHRDET ?
    70E *
    22F ?
  end

message 671 "Standing Settlement Instruction Update Notification"
  block A GENL
    20C
    23G
    block A1 LINK *
      20C
    end
    95[PQ] +
    22F
    97A ?
  end
  block B SSIDET +
    22H
    20C ?
    11A
    98A
    22F +
    block B1 CSHPRTY +
      95[PQRS] +
      97A ?
    end
    block B2 OTHRDET ?
      70E *
      22F ?
      22H ?
    end
  end
  block C OTHRDET ?
    70E *
    22F ?
    22H ?
  end
