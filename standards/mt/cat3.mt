message 300 "Foreign Exchange Confirmation"
  seq A
    15A
    20
    21 ?
    22A in AMND CANC DUPL EXOP NEWT
    94A ? in AGNT BILA BROK
    22C
    17T ? in Y N
    17U ? in Y N
    17I ? in Y N
    82[AJ]
    87[AJ]
    83[AJ] ?
    77H ?
    77D ?
    14C ?
    17F ? in Y N
    17O ? in Y N
    32E ?
    30U ?
    14S *
    26K ?
    21A ?
    14E ?
  end
  seq B
    15B
    30T
    30V
    36
    39M ?
    35C ?
    seq B1
      32B
      53[AJ] ?
      56[AJ] ?
      57[AJ]
    end
    seq B2
      33B
      53[AJ] ?
      56[AJ] ?
      57[AJ]
      58[AJ] ?
    end
  end
  seq C ?
    15C
    29A ?
    24D ?
    84[ABDJ] ?
    85[ABDJ] ?
    88[ADJ] ?
    71F ?
    26H ?
    21G ?
    72 ?
  end
  seq D ?
    15D
    seq D1 *
      17A in Y N
      32B
      53[ADJ] ?
      56[ADJ] ?
      57[ADJ] ?
      58[ADJ] ?
    end
    16A
  end
  seq E ?
    15E
    seq E1 *
      22L
      91[ADJ] ?
      seq E1a *
        22M
        22N
        seq E1a1 *
          22P
          22R
        end
      end
    end
    81[ADJ] ?
    89[ADJ] ?
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
    22W ?
    17Y ? in Y N
    17Z ? in Y N
    22Q ?
    17L ? in Y N
    17M ? in Y N
    17Q ? in Y N
    17S ? in Y N
    17X ? in Y N
    98G ?
    98H ?
    34C *
    77A ?
  end
  seq F ?
    15F
    21H
    21F ?
    30F ?
    32H ?
    33E ?
  end
  rule C08 : not (32B.currency in XAU XAG XPD XPT or 33B.currency in XAU XAG XPD XPT or 71F.currency in XAU XAG XPD XPT) | currencies in fields 32B, 33B and 71F, for metals have types of their own
  rule T96 : call reference_in_order | the two codes of field 22C in alphabetical order, letters before digits
  rule T22 : call reference_of_rate_36 | the last digits of the rate in field 36 between the codes of field 22C
  rule D70 : if A/22A in AMND CANC then A/21 | the reference of the confirmation that is amended or cancelled (22A) in field 21
  rule D74 : if A/94A = 'BROK' then C/88a | the broker in field 88 of sequence C, because a broker sends the message (94A BROK)
  rule D74 : if C/71F then A/94A = 'BROK' | no commission (71F) in a message that no broker sends (94A)
  rule D76 : if A/17U = 'Y' then D/15D | sequence D with the settlements, because they are split (17U Y)
  rule D76 : if D/15D then A/17U = 'Y' | no sequence D, for the settlement is not split (17U)
  rule C98 each E : 22L or 81a or 89a or 96a or 22S or 22T or 17E or 22U or 35B or 17H or 17P or 22V or 98a or 17W or 22W or 17Y or 17Z or 22Q or 17L or 17M or 17Q or 17S or 17X or 34C or 77A | a field after 15E, which may not stand alone
  rule C56 each E : if 17Z = 'Y' then 22Q | the code of the collateral portfolio in field 22Q, because there is a portfolio (17Z Y)
  rule C87 : if A/17F = 'Y' then A/17O | the open indicator (17O), because the deal is not deliverable (17F Y)
  rule C87 : if A/17O then A/17F = 'Y' | no open indicator (17O) in a deliverable deal (17F)
  rule C87 : if A/17O = 'Y' then A/32E and A/30U and A/14S and not A/21A | settlement currency (32E), valuation date (30U) and rate source (14S) of the opening, and no field 21A
  rule C87 : if A/17O = 'N' then A/21A and not (A/32E or A/30U or A/14S) | the reference to the opening (21A) alone, because this closes it (17O N)
  rule C87 : if not A/17O then not (A/32E or A/30U or A/14S or A/21A) | no field 32E, 30U, 14S or 21A without an open indicator (17O)

message 304 "Advice/Instruction of a Third Party Deal"
  seq A
    15A
    20
    21 ?
    22A in AMND CANC DUPL NEWT
    94A in AFWD ANDF ASET
    17O ? in Y N
    17F ? in Y N
    17N ? in Y N
    83[AJ]
    82[AJ]
    87[AJ]
    81[ADJ] ?
    89[ADJ] ?
    17I ? in Y N
    77H ?
    14C ?
    32E ?
    30U ?
    14S *
    26K ?
    21A ?
    14E ?
  end
  seq B
    15B
    30T
    30V
    36
    39M ?
    35C ?
    seq B1
      32B
      53[AJ]
      56[AJ] ?
      57[AJ] ?
    end
    seq B2
      33B
      53[AJ] ?
      56[AJ] ?
      57[AJ]
      58[AJ] ?
    end
  end
  seq C ?
    15C
    21A ?
    21G ?
    seq C1 *
      22L
      22M
      22N
      seq C1a *
        22P
        22R
      end
    end
    22U ?
    35B ?
    22V ?
    98D ?
    98G ?
    98H ?
    29A ?
    34C *
    72 ?
  end
  seq D ?
    15D
    21P *
    17G ?
    32G ?
    34B ?
    30F ?
  end
  seq E ?
    15E
    17G
    32G
    53[ADJ] ?
    56[ADJ] ?
    57[ADJ] ?
    58[ADJ] ?
  end
  rule C08 : not (B/32B.currency in XAU XAG XPD XPT or B/33B.currency in XAU XAG XPD XPT) | currencies in fields 32B and 33B, for metals have types of their own
  rule D02 : if A/22A in AMND CANC then A/21 | the reference of the message that is amended or cancelled (22A) in field 21
  rule D03 : if A/94A = 'ASET' then not (A/17O or A/17N) | no field 17O or 17N in an advice of settlement (94A ASET)
  rule D03 : if A/94A = 'AFWD' then A/17O and A/17N | fields 17O and 17N in an advice of a forward (94A AFWD)
  rule D03 : if A/94A = 'ANDF' then A/17O and not A/17N | field 17O and no field 17N in an advice of a non-deliverable forward (94A ANDF)
  rule D04 : if A/17O = 'N' then A/17F | the final close indicator (17F), because this closes a deal (17O N)
  rule D04 : if A/17F then A/17O = 'N' | no final close indicator (17F) unless this closes a deal (17O N)
  rule D23 : if A/94A = 'AFWD' and A/17O = 'N' then D/15D | sequence D with the accounting, because this closes a forward
  rule D23 : if D/15D then A/17O = 'N' and A/94A in AFWD ANDF | no sequence D unless this closes a forward (94A, 17O N)
  rule D29 : if A/17F = 'Y' and A/17N = 'Y' then E/15E | sequence E with the net amount, because it is settled net (17F and 17N Y)
  rule D29 : if E/15E then A/17F = 'Y' | no sequence E unless the deal is closed finally (17F Y)
  rule D29 : if A/17N = 'N' then not E/15E | no sequence E, for the deal is not settled net (17N N)
  rule C20 each D : if 30F then 34B | the amount in field 34B, because field 30F gives its date
  rule C87 : if A/94A = 'ANDF' then A/30U | the valuation date (30U) of the non-deliverable forward (94A ANDF)
  rule C87 : if A/32E or A/30U or A/14S or A/21A then A/94A = 'ANDF' | no field 32E, 30U, 14S or 21A unless the forward is non-deliverable (94A ANDF)

message 305 "Foreign Currency Option Confirmation"
  seq A
    15A
    20
    21
    22 = code=8a/prefix1=4!c suffix1=2!c reference=4!n prefix2=4!c suffix2=2!c
    23
    94A ?
    82[AJ]
    87[AJ]
    83[AJ] ?
    30
    31C ?
    31G
    31E
    26F
    39M ?
    17F ? in Y N
    14S *
    32E ?
    35C ?
    26K ?
    32B
    36
    33B
    37K
    34[PR]
    53[AJ] ?
    56[AJ] ?
    57[AJ]
    77H ?
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
    81[ADJ] ?
    89[ADJ] ?
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
    77A ?
  end
  rule C08 : not (32B.currency in XAU XAG XPD XPT or 33B.currency in XAU XAG XPD XPT or 34a.currency in XAU XAG XPD XPT) | currencies in fields 32B, 33B and 34, for metals have types of their own
  rule C88 : call option_currency | the currency of 32B in the fourth part of field 23
  rule T96 : call reference_in_order | the two codes of field 22 in alphabetical order, letters before digits
  rule T22 : call reference_of_rate_36 | the last digits of the price in field 36 between the codes of field 22
  rule C79 : if 31C then call american_style | no earliest exercise date (31C), for the option is not of American style (third part of field 23)
  rule C98 each B : 22L or 81a or 89a or 96a or 22S or 22T or 17E or 22U or 35B or 17H or 17P or 22V or 98a or 17W or 17Y or 17Z or 22Q or 17L or 17M or 17Q or 17S or 17X or 34C or 77A | a field after 15B, which may not stand alone
  rule C56 each B : if 17Z = 'Y' then 22Q | the code of the collateral portfolio in field 22Q, because there is a portfolio (17Z Y)

message 306 "Foreign Currency Option Confirmation"
  seq A
    15A
    20
    21 ?
    22A in AMND CANC NEWT
    94A ?
    22C
    21N
    21B ?
    12F
    12E ?
    12D ?
    17A ? in Y N
    17F in Y N
    22K
    30U ?
    29H ?
    82[AJ]
    87[AJ]
    83[AJ] ?
    77H
    77D ?
    14C ?
  end
  seq B
    15B
    17V ?
    30T
    30X
    29[EW] {2,2}
    30[FJ]
    29H *
    14S *
    39M ?
    seq B1 ?
      37K ?
      30V
      34B
    end
    seq B2
      84[ABDJ]
    end
  end
  seq C ?
    15C
    53[AJ] ?
    86[AJ] ?
    56[AJ] ?
    57[AJ]
    58[AJ] ?
  end
  seq D ?
    15D
    30P ?
    30Q *
    26F
    32B
    36
    33B
  end
  seq E ?
    15E
    33E
    30H ?
    53[AJ] ?
    86[AJ] ?
    56[AJ] ?
    57[AJ]
    58[AJ] ?
  end
  seq F ?
    15F
    22G
    17C ? in Y N
    37J
    37L ?
    14S *
    29I *
    14H ?
    14K ?
    14L ?
    14M
    29O ?
    14N ?
    29J ?
    14O ?
    33Z ?
    30[FJ] ?
    84[ABDJ] ?
    seq F1 *
      30I
    end
  end
  seq G ?
    15G
    32Q
  end
  seq H ?
    15H
    14S +
    32E
    26K ?
    35C ?
  end
  seq I ?
    15I
    12G
    30T ?
    22Y ?
    85[ADJ] ?
    88[ADJ] ?
    84[ABDJ]
    30Y ?
    29L ?
    29E ?
    29M ?
    17I ? in Y N
    29N ?
    30Z ?
    14S ?
  end
  seq J ?
    15J
    14P ?
    14S *
    29Q *
    14R ?
    14Q ?
    16[DW] {0,2}
    14B ?
    19C ?
    seq J1 *
      30I
      19Y ?
    end
    seq J2 *
      30K
      19Z ?
    end
  end
  seq K ?
    15K
    29A ?
    24D ?
    88[AD] ?
    71F ?
    21G ?
    72 ?
  end
  seq L ?
    15L
    18A
    seq l1 *
      30F
      32H
    end
    53[AJ] ?
    86[AJ] ?
    56[AJ] ?
    57[AJ] ?
  end
  seq M ?
    15M
    seq M1 *
      22L
      91[ADJ] ?
      seq M1a *
        22M
        22N
        seq M1a1 *
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
    77A ?
  end
  rule T96 : call reference_in_order | the two codes of field 22C in alphabetical order, letters before digits
  rule D02 : if A/22A in AMND CANC then A/21 | the reference of the confirmation that is amended or cancelled (22A) in field 21
  rule D24 : if A/12F = 'VANI' then A/17A = 'Y' or A/17F = 'Y' or I/15I | a barrier (17A Y), no delivery (17F Y) or sequence I, for a plain option is confirmed by another type
  rule D26 : if A/12E and A/12F = 'BINA' then A/12E in AMER EURO | an American or European expiration (12E) of a binary option
  rule D26 : if A/12E and A/12F in DIGI NOTO then A/12E = 'EURO' | a European expiration (12E) of this option
  rule D28 : if A/22K.type-of-event in CONF CLST then not (A/30U or A/29H) | no field 30U or 29H in a confirmation or close-out (22K)
  rule D28 : if not A/22K.type-of-event in CONF CLST then A/30U | the date of the event in field 30U
  rule D36 : if A/77H.type-of-agreement = 'OTHER' then A/77D | the agreement in field 77D, because field 77H does not name one

message 320 "Fixed Loan/Deposit Confirmation"
  seq A
    15A
    20
    21 ?
    22A
    94A ?
    22B in CONF MATU ROLL
    22C
    21N ?
    82[ADJ]
    87[ADJ]
    83[ADJ] ?
    77D ?
  end
  seq B
    15B
    17R in B L
    30T
    30V
    30P
    32B
    32H ?
    30X ?
    34E
    37G
    14D
    30F ?
    38J ?
    39M ?
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
    37L
    33B
    36 ?
    33E ?
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
    34C *
    72 ?
  end
  seq I ?
    15I
    18A
    seq i1 *
      30F
      32H
    end
    53[ADJ] ?
    86[ADJ] ?
    56[ADJ] ?
    57[ADJ]
  end
  rule T96 : call reference_in_order | the two codes of field 22C in alphabetical order, letters before digits
  rule T22 : call reference_of_rate_37 | the last digits of the rate in field 37G between the codes of field 22C
  rule D70 : if A/22B != 'CONF' then A/21 | the reference of the confirmation in field 21, because this is not the first (22B)
  rule D70 : if A/22B = 'CONF' and A/22A != 'NEWT' then A/21 | the reference of the confirmation that is changed (22A) in field 21
  rule D72 : if A/94A = 'AGNT' then A/21N | the contract number of party A in field 21N, because an agent sends the message (94A AGNT)
  rule D56 : if A/22B = 'CONF' then B/30X and not B/32H | the next due date (30X) and no amount to settle (32H) in a first confirmation (22B CONF)
  rule D56 : if A/22B = 'MATU' then B/32H and not B/30X | the amount to settle (32H) and no next due date (30X) at maturity (22B MATU)
  rule D56 : if A/22B = 'ROLL' then B/32H and B/30X | the amount to settle (32H) and the next due date (30X) in a rollover (22B ROLL)
  rule D57 : if A/22B = 'MATU' and B/17R = 'L' and not call settled_zero then B/32H.sign | a negative amount (32H) at maturity, for party A lent (17R L)
  rule D57 : if A/22B = 'MATU' and B/17R = 'B' then not B/32H.sign | a positive amount (32H) at maturity, for party A borrowed (17R B)
  rule D69 : if A/22B = 'MATU' then not B/30F | no last day of the first interest period (30F) at maturity (22B MATU)
  rule E35 each C : if 86a then 56a | the first intermediary in field 56, because field 86 names a second
  rule E35 each D : if 86a then 56a | the first intermediary in field 56, because field 86 names a second
  rule E35 each E : if 86a then 56a | the first intermediary in field 56, because field 86 names a second
  rule E35 each F : if 86a then 56a | the first intermediary in field 56, because field 86 names a second
  rule C98 each H : 29A or 24D or 84a or 85a or 88a or 71F or 26H or 21G or 34C or 72 | a field after 15H, which may not stand alone

message 321 "Instruction to Settle a Third Party Loan/Deposit"
  block A GENL
    20C {1,2}
    23G
    22H {1,2}
    99B {0,2}
    block A1 LINK *
      13[AB] ?
      20C
    end
  end
  block B LDDET
    20C
    22H {1,2}
    98A {3,5}
    19A {1,5}
    92A
    99B ?
    94C ?
    block B1 LDPRTY1
      95[PQR]
    end
    block B2 LDPRTY2
      95[PQR] ?
      97A
    end
    block B3 OTHRPRTY ?
      95[PQR] {0,2}
    end
  end
  block C SETDET +
    22H
    block C1 SETPRTY +
      95[PQR] {1,2}
      97A ?
      70C ?
    end
  end

message 330 "Call/Notice Loan/Deposit Confirmation"
  seq A
    15A
    20
    21 ?
    22A
    94A ?
    22B in CHNG CINT CONF SETT
    22C
    21N ?
    82[ADJ]
    87[ADJ]
    83[ADJ] ?
    77D ?
  end
  seq B
    15B
    17R in B L
    30T
    30V
    38A
    32B ?
    32H ?
    30X ?
    34E ?
    37G
    14D
    30F ?
    38J ?
    39M ?
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
    37L
    33B
    36 ?
    33E ?
  end
  seq H ?
    15H
    29A ?
    24D ?
    84[ABDJ] ?
    85[ABDJ] ?
    26H ?
    34C *
    72 ?
  end
  rule T96 : call reference_in_order | the two codes of field 22C in alphabetical order, letters before digits
  rule T22 : call reference_of_rate_37 | the last digits of the rate in field 37G between the codes of field 22C
  rule D70 : if A/22B != 'CONF' then A/21 | the reference of the confirmation in field 21, because this is not the first (22B)
  rule D70 : if A/22B = 'CONF' and A/22A != 'NEWT' then A/21 | the reference of the confirmation that is changed (22A) in field 21
  rule D72 : if A/94A = 'AGNT' then A/21N | the contract number of party A in field 21N, because an agent sends the message (94A AGNT)
  rule D56 : if A/22B in CHNG CINT then B/32B and B/32H | the balance (32B) and the amount to settle (32H) when the contract changes (22B)
  rule D56 : if A/22B = 'CONF' then B/32B and not (B/32H or B/30X) | the balance (32B), and no field 32H or 30X in a first confirmation (22B CONF)
  rule D56 : if A/22B = 'SETT' then B/32H and B/30X and not B/32B | the amount to settle (32H) and the due date (30X), and no field 32B in a settlement (22B SETT)
  rule D57 : if A/22B = 'SETT' and B/17R = 'L' and not call settled_zero then B/32H.sign | a negative amount (32H) in a settlement, for party A lent (17R L)
  rule D57 : if A/22B = 'SETT' and B/17R = 'B' then not B/32H.sign | a positive amount (32H) in a settlement, for party A borrowed (17R B)
  rule D85 each B : if 30X then 34E | the interest amount in field 34E, because field 30X says when it is due
  rule D85 each B : if 34E then 30X | the due date of the interest in field 30X, because field 34E gives its amount
  rule E35 each C : if 86a then 56a | the first intermediary in field 56, because field 86 names a second
  rule E35 each D : if 86a then 56a | the first intermediary in field 56, because field 86 names a second
  rule C98 each H : 29A or 24D or 84a or 85a or 26H or 34C or 72 | a field after 15H, which may not stand alone

message 340 "Forward Rate Agreement Confirmation"
  seq A
    15A
    20
    21 ?
    22A in AMND CANC NEWT
    94A ?
    22C
    23D
    21N ?
    21B ?
    82[AD]
    87[AD]
    77H
    14C ?
  end
  seq B
    15B
    30T
    32B
    30F
    30P
    37M
    14F
    seq B1 ?
      30V
      38D
    end
    seq B2
      38G
      14D
      17F in Y N
      18A
      22B +
    end
    39M ?
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
    29A ?
    24D ?
    88[AD] ?
    71F ?
    21G ?
    72 ?
  end
  seq F ?
    15F
    18A
    seq f1 +
      30F
      32H
    end
    53[ADJ] ?
    86[ADJ] ?
    56[ADJ] ?
    57[ADJ]
  end
  seq G ?
    15G
    seq G1 *
      22L
      91[ADJ] ?
      seq G1a *
        22M
        22N
        seq G1a1 *
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
    34C ?
    77A ?
  end
  rule T96 : call reference_in_order | the two codes of field 22C in alphabetical order, letters before digits
  rule D02 : if A/22A in AMND CANC then A/21 | the reference of the confirmation that is amended or cancelled (22A) in field 21
  rule E40 each A : if 77H.type-of-agreement = 'ISDA' then 14C | the year of the definitions in field 14C, because the agreement is ISDA (77H)
  rule E40 each A : if 14C then 77H.type-of-agreement = 'ISDA' | no field 14C, for the agreement is not ISDA (77H)
  rule E41 : if A/77H.type-of-agreement in AFB FRABBA then B1/30V | subsequence B1, which such an agreement needs (77H)
  rule E41 : if B1/30V then A/77H.type-of-agreement in AFB FRABBA | no subsequence B1 under such an agreement (77H)
  rule D36 : if B/14F = 'OTHER' then E/72 | the floating rate option in field 72 of sequence E, because field 14F does not name one
  rule D37 : if B/14D = 'OTHER' then E/72 | the day count fraction in field 72 of sequence E, because field 14D does not name one
  rule D42 : if B/38G.period-from = 'O' then E/72 | the designated maturity in field 72 of sequence E, because field 38G does not name one
  rule D96 : call repetitions | as many financial centres (22B) or payments as field 18A says
  rule E35 each C : if 86a then 56a | the first intermediary in field 56, because field 86 names a second
  rule E35 each D : if 86a then 56a | the first intermediary in field 56, because field 86 names a second

message 341 "Forward Rate Agreement Settlement Confirmation"
  seq A
    15A
    20
    21 ?
    22A in AMND CANC SETT
    94A ?
    22C
    23D
    21N ?
    21B ?
    82[AD]
    87[AD]
    29A ?
    72 ?
  end
  seq B
    15B
    30T
    32B
    30F
    30P
    37M
    seq B1 ?
      30V ?
      38D ?
    end
    39M ?
  end
  seq C
    15C
    37R
    34E
    53[ADJ] ?
    86[ADJ] ?
    56[ADJ] ?
    57[ADJ]
    58[ADJ] ?
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
    77A ?
  end
  rule T96 : call reference_in_order | the two codes of field 22C in alphabetical order, letters before digits
  rule D02 : if A/22A in AMND CANC then A/21 | the reference of the confirmation that is amended or cancelled (22A) in field 21
  rule D60 each B1 : if 30V then 38D | the contract period in field 38D, because field 30V gives the fixing date
  rule D60 each B1 : if 38D then 30V | the fixing date in field 30V, because field 38D gives the period
  rule E35 each C : if 86a then 56a | the first intermediary in field 56, because field 86 names a second
  rule C98 each D : 22L or 96a or 22S or 22T or 17E or 22U or 35B or 17H or 17P or 22V or 98D or 17W or 17Y or 17Z or 22Q or 17L or 17M or 17Q or 17S or 17X or 34C or 77A | a field after 15D, which may not stand alone
  rule C56 each D : if 17Z = 'Y' then 22Q | the code of the collateral portfolio in field 22Q, because there is a portfolio (17Z Y)

message 350 "Advice of Loan/Deposit Interest Payment"
  seq A
    15A
    20
    21 ?
    22A
    94A ?
    22C
    21N ?
    82[ADJ]
    87[ADJ]
    83[ADJ] ?
    72 ?
  end
  seq B
    15B
    30G
    32B
    30V
    34B
    37M
    14D
    30F ?
  end
  seq C
    15C
    53[ADJ] ?
    86[ADJ] ?
    56[ADJ] ?
    57[ADJ]
    58[ADJ] ?
  end
  seq D ?
    15D
    34B
    33B
    36 ?
    seq D1 ?
      37L
      33E
    end
    seq D2 ?
      71F
      37L ?
      33E ?
    end
  end
  rule D02 : if A/22A != 'ADVC' then A/21 | the reference of the advice that is changed (22A) in field 21
  rule D72 : if A/94A = 'AGNT' then A/21N | the contract number of party A in field 21N, because an agent sends the message (94A AGNT)
  rule E35 each C : if 86a then 56a | the first intermediary in field 56, because field 86 names a second
  rule C02 : B/32B.currency = B/34B.currency | one currency in fields 32B and 34B of sequence B
  rule E47 each D : 37L or 71F | subsequence D1 or D2, because sequence D is there

message 360 "Single Currency Interest Rate Derivative Confirmation"
  seq A
    15A
    20
    21 ?
    22A
    94A ?
    22C
    23A
    21N
    21B ?
    30T
    30V
    30P
    14A ?
    32B
    82[AD]
    87[AD]
    83[ADJ] ?
    17A ? in Y N
    77H
    77D ?
    14C
    72 ?
    39M ?
  end
  seq B ?
    15B
    37M ?
    37N ?
    seq B1 ?
      18A
      seq b1a +
        30F
        32M ?
      end
      17F ? in Y N
      14D ?
      14A
      18A
      22B +
    end
  end
  seq C ?
    15C
    14F
    37V ?
    37G ?
    37N ?
    seq C1 ?
      14J
      14G ?
      38E
      18A
      30F +
      17F in Y N
      14D
      14A
      18A
      22B +
      37R ?
    end
    seq C2 ?
      22D
      18A
      30X +
    end
    seq C3 ?
      38G ?
      38H ?
    end
  end
  seq D
    15D
    53[AD] ?
    56[AD] ?
    86[AD] ?
    57[AD]
  end
  seq E ?
    15E
    37M ?
    37N ?
    seq E1 ?
      18A
      seq e1a +
        30F
        32M ?
      end
      17F ? in Y N
      14D ?
      14A
      18A
      22B +
    end
  end
  seq F ?
    15F
    14F
    37V ?
    37G ?
    37N ?
    seq F1 ?
      14J
      14G ?
      38E
      18A
      30F +
      17F in Y N
      14D
      14A
      18A
      22B +
      37R ?
    end
    seq F2 ?
      22D
      18A
      30X +
    end
    seq F3 ?
      38G ?
      38H ?
    end
  end
  seq G
    15G
    53[AD] ?
    56[AD] ?
    86[AD] ?
    57[AD]
  end
  seq H ?
    15H
    18A
    seq h1 +
      30G
      32U
    end
    14A
    18A
    22B +
  end
  seq L ?
    15L
    18A
    seq l1 +
      22E
      30F
      32M
    end
    14A
    18A
    22B +
    53[AD] ?
    56[AD] ?
    86[AD] ?
    57[AD] ?
  end
  seq M ?
    15M
    18A
    seq m1 +
      22E
      30F
      32M
    end
    14A
    18A
    22B +
    53[AD] ?
    56[AD] ?
    86[AD] ?
    57[AD] ?
  end
  seq N ?
    15N
    29A ?
    24D ?
    88[AD] ?
    71F ?
    21G ?
  end
  seq O ?
    15O
    seq O1 *
      22L
      91[ADJ] ?
      seq O1a *
        22M
        22N
        seq O1a1 *
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
    77A ?
  end
  rule D35 : if A/14A = 'OTHER' then A/77D | the business days in field 77D, because field 14A does not name them
  rule D36 : if A/77H.type-of-agreement = 'OTHER' then A/77D | the agreement in field 77D, because field 77H does not name one
  rule D55 each B : if 14A = 'OTHER' then 37N | the business days in field 37N, because field 14A does not name them
  rule D55 each C : if 14A = 'OTHER' then 37N | the business days in field 37N, because field 14A does not name them
  rule D55 each E : if 14A = 'OTHER' then 37N | the business days in field 37N, because field 14A does not name them
  rule D55 each F : if 14A = 'OTHER' then 37N | the business days in field 37N, because field 14A does not name them
  rule D37 each B : if 14D = 'OTHER' then 37N | the day count fraction in field 37N, because field 14D does not name one
  rule D37 each C : if 14D = 'OTHER' then 37N | the day count fraction in field 37N, because field 14D does not name one
  rule D37 each E : if 14D = 'OTHER' then 37N | the day count fraction in field 37N, because field 14D does not name one
  rule D37 each F : if 14D = 'OTHER' then 37N | the day count fraction in field 37N, because field 14D does not name one
  rule D38 each C : if 14F = 'OTHER' then 37N | the floating rate option in field 37N, because field 14F does not name one
  rule D38 each F : if 14F = 'OTHER' then 37N | the floating rate option in field 37N, because field 14F does not name one
  rule D39 each C : if 14J = 'OTHER' then 37N | the reset dates in field 37N, because field 14J does not name them
  rule D39 each F : if 14J = 'OTHER' then 37N | the reset dates in field 37N, because field 14J does not name them
  rule D40 each C : if 14G.frequency = 'O' then 37N | the averaging frequency in field 37N, because field 14G does not name one
  rule D40 each F : if 14G.frequency = 'O' then 37N | the averaging frequency in field 37N, because field 14G does not name one
  rule D41 each C : if 38E.period = 'O' then 37N | the designated maturity in field 37N, because field 38E does not name one
  rule D41 each F : if 38E.period = 'O' then 37N | the designated maturity in field 37N, because field 38E does not name one
  rule D42 each C : if 38G.period-from = 'O' or 38G.period-to = 'O' or 38H.period-from = 'O' or 38H.period-to = 'O' then 37N | the stub period in field 37N, because fields 38G and 38H do not name it
  rule D42 each F : if 38G.period-from = 'O' or 38G.period-to = 'O' or 38H.period-from = 'O' or 38H.period-to = 'O' then 37N | the stub period in field 37N, because fields 38G and 38H do not name it
  rule D58 : if A/23A.type-of-swap = 'FIXEDFIXED' then B/15B and E/15E and not (C/15C or F/15F) | two fixed legs, sequences B and E, and no floating one (23A)
  rule D58 : if A/23A.type-of-swap = 'FLOATFLOAT' then C/15C and F/15F and not (B/15B or E/15E) | two floating legs, sequences C and F, and no fixed one (23A)
  rule D58 : if A/23A.type-of-swap = 'FLOATFIXED' then B/15B and F/15F and not (C/15C or E/15E) | a fixed leg in sequence B and a floating one in sequence F (23A)
  rule D58 : if A/23A.type-of-swap = 'FIXEDFLOAT' then C/15C and E/15E and not (B/15B or F/15F) | a floating leg in sequence C and a fixed one in sequence E (23A)
  rule D96 : call repetitions | as many dates, payments or financial centres as field 18A says

message 361 "Cross Currency Interest Rate Swap Confirmation"
  seq A
    15A
    20
    21 ?
    22A
    94A ?
    22C
    23A
    21N
    21B ?
    30T
    30V
    30P
    14A ?
    32B ?
    33B
    82[AD]
    87[AD]
    83[ADJ] ?
    17A ? in Y N
    77H
    77D ?
    14C
    72 ?
    39M ?
  end
  seq B ?
    15B
    37M ?
    37N ?
    seq B1 ?
      18A
      seq b1a +
        30F
        32M ?
      end
      17F ? in Y N
      14D ?
      14A
      18A
      22B +
    end
  end
  seq C ?
    15C
    14F
    37V ?
    37G ?
    37N ?
    seq C1 ?
      14J
      14G ?
      38E
      18A
      30F +
      17F in Y N
      14D
      14A
      18A
      22B +
      37R ?
    end
    seq C2 ?
      22D
      18A
      30X +
    end
    seq C3 ?
      38G ?
      38H ?
    end
  end
  seq D
    15D
    53[AD] ?
    56[AD] ?
    86[AD] ?
    57[AD]
  end
  seq E ?
    15E
    37M ?
    37N ?
    seq E1 ?
      18A
      seq e1a +
        30F
        32M ?
      end
      17F ? in Y N
      14D ?
      14A
      18A
      22B +
    end
  end
  seq F ?
    15F
    14F
    37V ?
    37G ?
    37N ?
    seq F1 ?
      14J
      14G ?
      38E
      18A
      30F +
      17F in Y N
      14D
      14A
      18A
      22B +
      37R ?
    end
    seq F2 ?
      22D
      18A
      30X +
    end
    seq F3 ?
      38G ?
      38H ?
    end
  end
  seq G
    15G
    53[AD] ?
    56[AD] ?
    86[AD] ?
    57[AD]
  end
  seq H ?
    15H
    18D
    30Y
    30Z
    84[ABDJ]
    30M
    30S
    33H
    32Q
    32E
    14S +
  end
  seq I ?
    15I
    18A
    seq i1 +
      30G
      32U
    end
    14A
    18A
    22B +
  end
  seq J ?
    15J
    18A
    seq j1 +
      30G
      32U
    end
    14A
    18A
    22B +
  end
  seq K ?
    15K
    18A
    seq k1 +
      22X
      30F
      32M
      53[AD] ?
      56[AD] ?
      86[AD] ?
      57[AD]
    end
    14A
    18A
    22B +
  end
  seq L ?
    15L
    18A
    seq l1 +
      22X
      30F
      32M
      53[AD] ?
      56[AD] ?
      86[AD] ?
      57[AD]
    end
    14A
    18A
    22B +
  end
  seq M ?
    15M
    18A
    seq m1 +
      22E
      30F
      32M
    end
    14A
    18A
    22B +
    53[AD] ?
    56[AD] ?
    86[AD] ?
    57[AD] ?
  end
  seq N ?
    15N
    18A
    seq n1 +
      22E
      30F
      32M
    end
    14A
    18A
    22B +
    53[AD] ?
    56[AD] ?
    86[AD] ?
    57[AD] ?
  end
  seq O ?
    15O
    29A ?
    24D ?
    88[AD] ?
    71F ?
    21G ?
  end
  seq P ?
    15P
    seq P1 *
      22L
      91[ADJ] ?
      seq P1a *
        22M
        22N
        seq P1a1 *
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
    77A ?
  end
  rule D35 : if A/14A = 'OTHER' then A/77D | the business days in field 77D, because field 14A does not name them
  rule D36 : if A/77H.type-of-agreement = 'OTHER' then A/77D | the agreement in field 77D, because field 77H does not name one
  rule D55 each B : if 14A = 'OTHER' then 37N | the business days in field 37N, because field 14A does not name them
  rule D55 each C : if 14A = 'OTHER' then 37N | the business days in field 37N, because field 14A does not name them
  rule D55 each E : if 14A = 'OTHER' then 37N | the business days in field 37N, because field 14A does not name them
  rule D55 each F : if 14A = 'OTHER' then 37N | the business days in field 37N, because field 14A does not name them
  rule D37 each B : if 14D = 'OTHER' then 37N | the day count fraction in field 37N, because field 14D does not name one
  rule D37 each C : if 14D = 'OTHER' then 37N | the day count fraction in field 37N, because field 14D does not name one
  rule D37 each E : if 14D = 'OTHER' then 37N | the day count fraction in field 37N, because field 14D does not name one
  rule D37 each F : if 14D = 'OTHER' then 37N | the day count fraction in field 37N, because field 14D does not name one
  rule D38 each C : if 14F = 'OTHER' then 37N | the floating rate option in field 37N, because field 14F does not name one
  rule D38 each F : if 14F = 'OTHER' then 37N | the floating rate option in field 37N, because field 14F does not name one
  rule D39 each C : if 14J = 'OTHER' then 37N | the reset dates in field 37N, because field 14J does not name them
  rule D39 each F : if 14J = 'OTHER' then 37N | the reset dates in field 37N, because field 14J does not name them
  rule D40 each C : if 14G.frequency = 'O' then 37N | the averaging frequency in field 37N, because field 14G does not name one
  rule D40 each F : if 14G.frequency = 'O' then 37N | the averaging frequency in field 37N, because field 14G does not name one
  rule D41 each C : if 38E.period = 'O' then 37N | the designated maturity in field 37N, because field 38E does not name one
  rule D41 each F : if 38E.period = 'O' then 37N | the designated maturity in field 37N, because field 38E does not name one
  rule D42 each C : if 38G.period-from = 'O' or 38G.period-to = 'O' or 38H.period-from = 'O' or 38H.period-to = 'O' then 37N | the stub period in field 37N, because fields 38G and 38H do not name it
  rule D42 each F : if 38G.period-from = 'O' or 38G.period-to = 'O' or 38H.period-from = 'O' or 38H.period-to = 'O' then 37N | the stub period in field 37N, because fields 38G and 38H do not name it
  rule E43 : if A/23A.type-of-swap = 'FIXEDFIXED' then B/15B and E/15E and not (C/15C or F/15F) | two fixed legs, sequences B and E, and no floating one (23A)
  rule E43 : if A/23A.type-of-swap = 'FLOATFLOAT' then C/15C and F/15F and not (B/15B or E/15E) | two floating legs, sequences C and F, and no fixed one (23A)
  rule E43 : if A/23A.type-of-swap = 'FLOATFIXED' then B/15B and F/15F and not (C/15C or E/15E) | a fixed leg in sequence B and a floating one in sequence F (23A)
  rule E43 : if A/23A.type-of-swap = 'FIXEDFLOAT' then C/15C and E/15E and not (B/15B or F/15F) | a floating leg in sequence C and a fixed one in sequence E (23A)
  rule D96 : call repetitions | as many dates, payments or financial centres as field 18A says

message 362 "Interest Rate Reset/Advice of Payment"
  seq A
    15A
    20
    21 ?
    22A in AMND CANC DUPL NEWT
    94A ?
    22C
    23A
    21N
    21B ?
    30V
    30P
    82[AD]
    87[AD]
    83[ADJ] ?
    29A ?
    72 ?
  end
  seq B ?
    15B
    33F
    30X
    30Q ?
    37G
    37V ?
    37G ?
    37R
    37M
    30F
    32H ?
    33E ?
    37N ?
  end
  seq C ?
    15C
    18A
    seq c1 +
      30F
      32M
      53[AD] ?
      56[AD] ?
      86[AD] ?
      57[AD]
    end
  end
  seq D ?
    15D
    33F
    30X
    30Q ?
    37G
    37V ?
    37G ?
    37R
    37M
    30F
    32H ?
    33E ?
    37N ?
  end
  seq E ?
    15E
    18A
    seq e1 +
      30F
      32M
      53[AD] ?
      56[AD] ?
      86[AD] ?
      57[AD]
    end
  end
  rule E47 : B/15B or D/15D | sequence B or D with the reset rate
  rule E48 : C/15C or E/15E | sequence C or E with the payment
  rule E49 : if A/23A.settlement-method = 'NET' then not (C/15C and E/15E) | one payment only, in sequence C or E, because it is settled net (23A)
  rule E50 : if A/23A.settlement-method = 'NET' and C/18A then C/18A = '1' | one payment block in sequence C, because it is settled net (23A)
  rule E50 : if A/23A.settlement-method = 'NET' and E/18A then E/18A = '1' | one payment block in sequence E, because it is settled net (23A)
  rule E51 : if A/23A.settlement-method = 'GROSS' then count C/30F <= 3 and count E/30F <= 3 | at most three payment blocks in sequence C and in sequence E (23A GROSS)
  rule E38 each B : if 32H then 32H.currency = 33F.currency | one currency in fields 33F and 32H of the sequence
  rule E38 each D : if 32H then 32H.currency = 33F.currency | one currency in fields 33F and 32H of the sequence
  rule E35 each C : if 86a then 56a | the first intermediary in field 56, because field 86 names a second
  rule E35 each E : if 86a then 56a | the first intermediary in field 56, because field 86 names a second
  rule D02 : if A/22A in AMND CANC then A/21 | the reference of the message that is amended or cancelled (22A) in field 21
  rule D96 : call repetitions | as many payments as field 18A says

message 364 "Single Currency Interest Rate Derivative Termination/Recouponing Confirmation"
  seq A
    15A
    20
    21 ?
    22A
    94A ?
    22B
    22C
    23A
    21N
    21B ?
    30T
    30Q
    30P
    30V
    32B
    82[AD]
    87[AD]
    83[ADJ] ?
    22D ?
    32G ?
    37N ?
    29A ?
    72 ?
  end
  seq B ?
    15B
    37M
    37G ?
  end
  seq E ?
    15E
    37M
    37G ?
  end
  seq L ?
    15L
    30F
    32M
    53[AD] ?
    56[AD] ?
    86[AD] ?
    57[AD]
  end
  seq M ?
    15M
    30F
    32M
    53[AD] ?
    56[AD] ?
    86[AD] ?
    57[AD]
  end

message 365 "Cross Currency Interest Rate Swap Termination/Recouponing Confirmation"
  seq A
    15A
    20
    21 ?
    22A
    94A ?
    22B
    22C
    23A
    21N
    21B ?
    30T
    30Q
    30P
    30V
    32B
    33B
    82[AD]
    87[AD]
    83[ADJ] ?
    22D ?
    32G ?
    33E ?
    37N ?
    29A ?
    72 ?
  end
  seq B ?
    15B
    37M
    37G ?
  end
  seq E ?
    15E
    37M
    37G ?
  end
  seq J ?
    15J
    30F
    32M
    53[AD] ?
    56[AD] ?
    86[AD] ?
    57[AD]
  end
  seq K ?
    15K
    30F
    32M
    53[AD] ?
    56[AD] ?
    86[AD] ?
    57[AD]
  end
  seq L ?
    15L
    30F
    32M
    53[AD] ?
    56[AD] ?
    86[AD] ?
    57[AD]
  end
  seq M ?
    15M
    30F
    32M
    53[AD] ?
    56[AD] ?
    86[AD] ?
    57[AD]
  end

message 370 "Netting Position Advice"
  block A GENL
    20C
    23G
    98[ACE] ?
    block A1 LINK *
      20C
    end
    95P
    block A2 ORDRPRTY ?
      95[PQR]
      97A ?
    end
    95P
  end
  block B NETPOS
    20C
    98[AC] ?
    97A ?
    19A
    22H
    98A
    99[AC] ?
    22F *
    70E *
    block B1 CSHPRTY *
      95[PQR]
      97A ?
    end
  end

message 380 "Foreign Exchange Order"
  block A GENL
    20C {2,2}
    23G
    22H ?
    block A1 LINK *
      13[AB] ?
      20C
    end
  end
  block B FXORDER
    22H
    98[AC] {2,2}
    19B
    11A
    94C ?
    block B1 ORDRPRTY
      95[PQR] ?
      97A
    end
    block B2 REAS ?
      24B
      70D ?
    end
  end
  block C UNDE ?
    35B ?
    36B ?
    22F ?
    70E ?
  end

message 381 "Foreign Exchange Order Confirmation"
  block A GENL
    20C
    23G
    22H ?
    block A1 LINK *
      13[AB] ?
      20C
        :RELA C ?
        :PREV C ?
    end
  end
  block B FXORDER
    98[AC] {3,3}
    19B {2,2}
      :BUYE B
      :SELL B
    92B
    94C ?
    block B1 ORDRPRTY
      95[PQR] ?
      97A
    end
    block B2 REAS ?
      24B
      70D ?
    end
  end
  block C UNDE ?
    35B ?
    36B ?
    22F ?
    70E ?
  end
