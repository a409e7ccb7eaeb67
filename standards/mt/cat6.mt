message 600 "Commodity Trade Confirmation"
  seq A
    15A
    20
    21
    22
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
    17E ?
    22U ?
    35B ?
    17H ?
    17P ?
    22V ?
    98D ?
    17W ?
    17Y ?
    17Z ?
    22Q ?
    17L ?
    17M ?
    17Q ?
    17S ?
    17X ?
    34C *
    17A ?
  end

message 601 "Commodity Option Confirmation"
  seq A
    15A
    20
    21
    22
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
    17E ?
    22U ?
    35B ?
    17H ?
    17P ?
    22V ?
    98D ?
    17W ?
    17Y ?
    17Z ?
    22Q ?
    17L ?
    17M ?
    17Q ?
    17S ?
    17X ?
    34C *
    17A ?
  end

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
  60[FM]
  61 *
  62[FM]
  64 ?
  65 *

message 620 "Commodity Fixed Loan/Deposit Confirmation"
  seq A
    15A
    20
    21 ?
    22A
    94A ?
    22B
    21N ?
    82[ADJ]
    87[ADJ]
    83[ADJ] ?
    26C
    77D ?
  end
  seq B
    15B
    17R
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
