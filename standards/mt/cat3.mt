message 300 "Foreign Exchange Confirmation"
  seq A
    15A
    20
    21 ?
    22A
    94A ?
    22C
    17T ?
    17U ?
    17I ?
    82[AJ]
    87[AJ]
    83[AJ] ?
    77H ?
    77D ?
    14C ?
    17F ?
    17O ?
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
      17A
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
    17E ?
    22U ?
    35B ?
    17H ?
    17P ?
    22V ?
    98D ?
    17W ?
    22W ?
    17Y ?
    17Z ?
    22Q ?
    17L ?
    17M ?
    17Q ?
    17S ?
    17X ?
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

message 304 "Advice/Instruction of a Third Party Deal"
  seq A
    15A
    20
    21 ?
    22A
    94A
    17O ?
    17F ?
    17N ?
    83[AJ]
    82[AJ]
    87[AJ]
    81[ADJ] ?
    89[ADJ] ?
    17I ?
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

message 305 "Foreign Currency Option Confirmation"
  seq A
    15A
    20
    21
    22
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
    17F ?
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
    77A ?
  end

message 306 "Foreign Currency Option Confirmation"
  seq A
    15A
    20
    21 ?
    22A
    94A ?
    22C
    21N
    21B ?
    12F
    12E ?
    12D ?
    17A ?
    17F
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
    17C ?
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
    17I ?
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
    77A ?
  end

message 320 "Fixed Loan/Deposit Confirmation"
  seq A
    15A
    20
    21 ?
    22A
    94A ?
    22B
    22C
    21N ?
    82[ADJ]
    87[ADJ]
    83[ADJ] ?
    77D ?
  end
  seq B
    15B
    17R
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
    22B
    22C
    21N ?
    82[ADJ]
    87[ADJ]
    83[ADJ] ?
    77D ?
  end
  seq B
    15B
    17R
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

message 340 "Forward Rate Agreement Confirmation"
  seq A
    15A
    20
    21 ?
    22A
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
      17F
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
    34C ?
    77A ?
  end

message 341 "Forward Rate Agreement Settlement Confirmation"
  seq A
    15A
    20
    21 ?
    22A
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
    77A ?
  end

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
    17A ?
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
      17F ?
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
      17F
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
      17F ?
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
      17F
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
    77A ?
  end

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
    17A ?
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
      17F ?
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
      17F
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
      17F ?
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
      17F
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
    77A ?
  end

message 362 "Interest Rate Reset/Advice of Payment"
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
    end
  end
  block B FXORDER
    98[AC] {3,3}
    19B {2,2}
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
