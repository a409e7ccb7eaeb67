message 500 "Instruction to register"
  block A GENL
    20C
    23G
    98[ACE] ?
      :PREP ACE ?
    22F
    block A1 LINK *
      22F
      13[AB] ?
        :LINK AB ?
      20C
    end
  end
  block B REGDET
    20D {1,3}
    22F {1,5}
    98[AC] ?
    35B
    70C ?
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,6}
      13[AB] {0,3}
      17B {0,3}
      90[AB] {0,2}
      36[BD] {0,2}
      70E ?
    end
    block B2 FIAC
      36[BD]
      95[PR] ?
      97[AD]
    end
  end
  block C CLTDET *
    block C1 ADDRESS *
      17B
      22F {0,2}
      95[PRSU] *
      94[CDG] {0,5}
      13B {0,3}
      70C {0,2}
    end
    block C2 PERSDET ?
      22F {0,2}
      95U ?
      98[AC] {0,2}
      94C {0,2}
      70C ?
    end
  end
  block D CADETL ?
    98[AC] {0,2}
    35B ?
  end
  block E ADDINFO ?
    95[PQR] {0,2}
  end

message 501 "Confirmation of registration or modification"
  block A GENL
    20C
    23G
    98[ACE] ?
      :PREP ACE ?
    22F
    block A1 LINK +
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20C
    end
  end
  block B REGDET
    20D {1,3}
    22F {0,4}
    98[AC]
    35B
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,6}
      13[AB] {0,3}
      17B {0,3}
      90[AB] {0,2}
      36[BD] {0,2}
      70E ?
    end
    block B2 FIAC
      36[BD]
      93[BF]
      95[PR] ?
      97[AD]
    end
  end
  block C CLTDET *
    block C1 ADDRESS *
      17B
      22F {0,2}
      95[PRSU] *
      94[CDG] {0,5}
      13B {0,3}
    end
    block C2 PERSDET ?
      22F {0,2}
      95U ?
      98[AC] {0,2}
      94C {0,2}
      70C ?
    end
  end
  block D CADETL ?
    98[AC] {0,2}
    35B ?
  end
  block E ADDINFO ?
    95[PQR] {0,2}
  end

message 502 "Order to Buy or Sell"
  block A GENL
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    22F {1,2}
    block A1 LINK *
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20C
    end
  end
  block B ORDRDET
    94[BCFL] *
    block B1 PRIC *
      90[AB]
      22F {0,2}
    end
    22[FH] {2,65535}
    98[ABC] {1,3}
    92A {0,3}
    11A ?
    block B2 TRADPRTY +
      95[LPQRS] +
      97[ABDE] {0,3}
      98[AC] ?
      20C ?
      70[CE] {0,2}
      22F {0,2}
    end
    36[BD] *
    19A {0,2}
    35B
    block B3 FIA ?
      94B ?
        :PLIS B ?
      22F {0,6}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,11}
      92A {0,7}
      13[AB] {0,4}
      17B {0,7}
      90[AB] {0,2}
      36[BD] {0,3}
      35B *
      70E ?
    end
    13[AB] *
    70E ?
  end
  block C SETDET ?
    22F +
    11A ?
    block C1 SETPRTY *
      95[CLPQRS] +
        :BUYR LPQR ?
        :DEAG LPQR ?
        :DECU LPQR ?
        :DEI1 LPQR ?
        :DEI2 LPQR ?
        :PSET CLPQR ?
        :REAG LPQR ?
        :RECU LPQR ?
        :REI1 LPQR ?
        :REI2 LPQR ?
        :SELL LPQR ?
        :ALTE S ?
      97[ABD] ?
      98[AC] ?
      20C ?
      70[CD] {0,2}
    end
    block C2 CSHPRTY *
      95[LPQRS] +
      97[AE] {0,4}
      98[AC] ?
      20C ?
      70C ?
    end
    block C3 AMT *
      17B {0,3}
      19A {1,3}
      98[AC] ?
      92B ?
        :EXCH B ?
    end
  end
  block D OTHRPRTY *
    95[LPQRS] +
    97[ABDE] {0,2}
    70C ?
    20C ?
  end
  block E REPO ?
    98[ABC] {0,2}
    22F {0,4}
    20C {0,2}
    92[AC] {0,6}
    99B {0,2}
    19A {0,6}
    70C ?
  end
  rule E62 each C3 : if 92B:EXCH then 19A:RESU | the resulting amount (19A RESU), because there is an exchange rate (92B EXCH)
  rule E62 each C3 : if 19A:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19A RESU)
  rule E64 : if A/23G.function = 'CANC' and B/36a:ORDR then B/36a:CANC | the quantity to cancel (36 CANC), because the order is cancelled (23G CANC)
  rule E64 : if A/23G.function = 'CANC' and B/19A:ORDR then B/19A:CANC | the amount to cancel (19A CANC), because the order is cancelled (23G CANC)
  rule E64 : if B/36a:CANC or B/19A:CANC then A/23G.function = 'CANC' | nothing to cancel (36 CANC, 19A CANC) in an order that is not cancelled (23G)
  rule E74 : B/22F:TOOR or B1/90a:LIMI | a type of order (22F TOOR) or a limit of the price (90 LIMI)
  rule E08 : if A/23G.function in CANC REPL then count A1/20C:PREV = 1 | the reference of the order that is cancelled or replaced (20C PREV) in one subsequence A1
  rule E84 each C : call parties_once | no settlement party twice

message 503 "Collateral Claim"
  block A GENL
    20C {1,3}
    23G
    block A1 AGRE +
      22F ?
      98A ?
      13B ?
      70C ?
    end
    98[ACE] ?
      :PREP ACE ?
    22[FH] {2,2}
    95[PQR] {2,2}
    70C ?
    block A2 LINK *
      13[AB] ?
        :LINK AB ?
      20C
    end
  end
  block B SUMM
    95[PQR] ?
    19B {2,5}
    block B1 SUMD ?
      19B {0,8}
      98[AC] {0,3}
    end
  end
  block C COLD *
    20C
    22[FH] {2,3}
    98A ?
    block C1 SCOL ?
      35B
      36[BD]
      17B ?
    end
    block C2 CCOL ?
      19B
      22H
      98A ?
    end
    block C3 BCOL ?
      22H
      98[AB] {1,2}
      95[PQR]
      19B
    end
  end
  block D ADDINFO ?
    95[PQR] {0,2}
  end

message 504 "Collateral Proposal"
  block A GENL
    20C {1,3}
    23G
    block A1 AGRE +
      22F ?
      98A ?
      13B ?
      70C ?
    end
    98[ACE] ?
      :PREP ACE ?
    22[FH] {2,2}
    95[PQR] {2,2}
    70C ?
    block A2 LINK *
      13[AB] ?
        :LINK AB ?
      20C
    end
  end
  block B SUMM
    95[PQR] ?
    19B {2,5}
    block B1 SUMD ?
      19B {0,8}
      98[AC] {0,3}
    end
  end
  block C COLD *
    20C
    22[FH] {1,2}
    98A ?
    block C1 SCOL ?
      35B
      36[BD]
      17B ?
      block C1a SETDET ?
        22[FH] +
        block C1a1 SETPRTY *
          95[CPQRS] {1,2}
          97[ABD] ?
          70C ?
        end
      end
    end
    block C2 CCOL ?
      19B
      22H
      98A ?
      block C2a CASHSET ?
        22F ?
        block C2a1 CSHPRTY *
          95[PQRS] {1,2}
          97[AE] {0,4}
          70C ?
        end
      end
    end
    block C3 BCOL ?
      22H
      98[AB] {1,2}
      95[PQR]
      19B
    end
  end
  block D SETDET1 ?
    22[FH] +
    block D1 SETPRTY1 *
      95[CPQRS] {1,2}
      97[ABD] ?
      70C ?
    end
  end
  block E CASHSET1 ?
    22F ?
    block E1 CSHPRTY1 *
      95[PQRS] {1,2}
      97[AE] {0,4}
      70C ?
    end
  end
  block F ADDINFO ?
    95[PQR] {0,2}
  end

message 505 "Collateral Substitution"
  block A GENL
    20C {1,3}
    23G
    block A1 AGRE +
      22F ?
      98A ?
      13B ?
      70C ?
    end
    98[ACE] ?
      :PREP ACE ?
    22[FH]
    95[PQR] {2,2}
    70C ?
    block A2 LINK *
      13[AB] ?
        :LINK AB ?
      20C
    end
  end
  block B COLD +
    20C
    22[FH] {2,3}
    98A ?
    block B1 SCOL ?
      35B
      36[BD]
      17B ?
      block B1a SETDET ?
        22[FH] +
        block B1a1 SETPRTY *
          95[CPQRS] {1,2}
          97[ABD] ?
          70C ?
        end
      end
    end
    block B2 CCOL ?
      19B
      22H
      98A ?
      block B2a CASHSET ?
        22F ?
        block B2a1 CSHPRTY *
          95[PQRS] {1,2}
          97[AE] {0,4}
          70C ?
        end
      end
    end
    block B3 BCOL ?
      22H
      98[AB] {1,2}
      95[PQR]
      19B
    end
  end
  block C SETDET1 ?
    22[FH] +
    block C1 SETPRTY1 *
      95[CPQRS] {1,2}
      97[ABD] ?
      70C ?
    end
  end
  block D CASHSET1 ?
    22F ?
    block D1 CSHPRTY1 *
      95[PQRS] {1,2}
      97[AE] {0,4}
      70C ?
    end
  end
  block E ADDINFO ?
    95[PQR] {0,2}
  end

message 506 "Collateral and Exposure Statement"
  block A GENL
    28E
    20C {1,3}
    23G
    block A1 AGRE +
      22F ?
      98A ?
      13B ?
      70C ?
    end
    98[ACE] ?
      :PREP ACE ?
    22[FH]
    95[PQR] {2,2}
    70C ?
    block A2 LINK *
      13[AB] ?
        :LINK AB ?
      20C
    end
  end
  block B SUMM
    95[PQR]
    19B {1,4}
    98[AC] {2,3}
    block B1 SUMD ?
      19B {0,14}
    end
  end
  block C EXPD *
    20[CU] *
    22[FH]
    98A ?
    95[PQR] {0,2}
    19A {3,5}
    99A ?
    22F ?
    92[AB] {3,3}
    70D ?
    block C1 SECS ?
      19B
      35B
      36[BD]
      92A
    end
    block C2 TREA ?
      98A {2,2}
      19B {0,4}
      70C ?
      12B ?
      90[AB] ?
    end
    block C3 REPV ?
      98A {2,2}
      19B {1,2}
      92A
    end
  end
  block D COLD *
    20C
    22H
    25D ?
    19B {3,5}
    99A ?
    22F ?
    92[AB] {3,3}
    block D1 SCOL ?
      19B
      35B
      36[BD]
      92A
      98A ?
      94B {0,2}
      70C ?
    end
    block D2 CCOL ?
      19B
      22H
      98A ?
    end
    block D3 BCOL ?
      22H
      98[AB] {1,2}
      95[PQR]
      19B
    end
  end
  block E ADDINFO ?
    95[PQR] {0,2}
    19A {0,2}
  end

message 507 "Collateral Status and Processing Advice"
  block A GENL
    20C {1,3}
    23G
    block A1 AGRE +
      22F ?
      98A ?
      13B ?
      70C ?
    end
    98[ACE] ?
      :PREP ACE ?
    22[FH]
    95[PQR] {2,2}
    25D
    24B ?
    70[CD] {0,2}
    block A2 LINK +
      13[AB] ?
        :LINK AB ?
      20C
    end
  end
  block B COLD *
    20C
    22H
    25D
    24B ?
    70D ?
    block B1 SETTL ?
      block B1a SETDET ?
        22[FH] +
        block B1a1 SETPRTY *
          95[CPQRS] {1,2}
          97[ABD] ?
          70C ?
        end
      end
      block B1b CASHSET ?
        22F ?
        block B1b1 CSHPRTY *
          95[PQRS] {1,2}
          97[AE] {0,4}
          70C ?
        end
      end
    end
  end
  block C ADDINFO ?
    95[PQR] {0,2}
  end

message 508 "Intra-Position Advice"
  block A GENL
    20C {1,2}
    23G
    98[ACE] ?
      :PREP ACE ?
    block A1 LINK *
      13[AB] ?
        :LINK AB ?
      20C
    end
  end
  block B INPOSDET
    95[PR] ?
    97[ABD]
    94[BCF] ?
    36[BD] {1,3}
    13B ?
    19A ?
    35B
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,6}
      13[ABK] {0,3}
      17B {0,3}
      90[AB] {0,2}
      36[BD] {0,2}
      70E ?
    end
    98[AC] {1,2}
    22F {0,2}
    70E ?
    93A {2,2}
  end
  block C ADDINFO ?
    95[PQR] {0,2}
  end

message 509 "Trade Status Message"
  block A GENL
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    block A1 LINK *
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
    block A2 STAT +
      25D
      block A2a REAS *
        24B
        70D ?
          :REAS D ?
      end
    end
  end
  block B TRADE ?
    98[ABC] {0,5}
    11A ?
    22[FH] {2,65535}
    95[LPR] {0,2}
    97[ABD] ?
    block B1 TRADPRTY *
      95[LPQRS] +
      97[ABDE] {0,2}
      98[AC] ?
      20C ?
      70[CE] {0,2}
      22F *
    end
    19A {0,7}
    90[AB] *
    36[BD] *
    35B
  end
  block C ADDINFO ?
    95[PQR] {0,2}
  end

message 510 "Registration Status and Processing Advice"
  block A GENL
    20C
    23G
    98[ACE] ?
      :PREP ACE ?
    block A1 LINK +
      13[AB] ?
        :LINK AB ?
      20C
    end
    block A2 STAT +
      25D
      block A2a REAS *
        24B
        70D ?
          :REAS D ?
      end
    end
  end
  block B REGDET
    20D {1,3}
    95[PRSU] *
    94[CDG] {0,5}
    94B {0,3}
    98[AC] {0,2}
    35B ?
    36[BD] ?
    97[AD] ?
  end
  block C ADDINFO ?
    95[PQR] {0,2}
  end

message 513 "Client Advice of Excecution"
  block A GENL
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    22F
    block A1 LINK *
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
  end
  block B RCAP ?
    block B1 PAFILL *
      36[BD]
      90[AB]
      22F {0,2}
      98[ABCE] ?
      94[BL] *
    end
    36[BD] {3,4}
  end
  block C ORDRDET
    98[ABCE] {1,4}
    90[AB] {1,2}
    block C1 REFPRICE *
      90[AB]
      22F ?
      98[AC] ?
      69[ABCDEFJ] ?
      94B ?
    end
    92A {0,2}
    99A {0,2}
    94[BCFL] *
    19A ?
    22[FH] {2,65535}
    11A ?
    block C2 CONFPRTY +
      95[LPQRS] +
      97[ABDE] {0,2}
      98[AC] ?
      20C ?
      70[CE] {0,2}
      22F *
    end
    36[BD]
    35B
    block C3 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,11}
      92A {0,7}
      13[AB] {0,4}
      17B {0,7}
      90[AB] {0,2}
      36[BD] {0,3}
      35B *
      70E ?
    end
    13B *
    70E ?
  end
  block D SETDET ?
    22F +
    11A ?
    block D1 SETPRTY *
      95[CLPQRS] +
        :BUYR LPQR ?
        :DEAG LPQR ?
        :DECU LPQR ?
        :DEI1 LPQR ?
        :DEI2 LPQR ?
        :PSET CLPQR ?
        :REAG LPQR ?
        :RECU LPQR ?
        :REI1 LPQR ?
        :REI2 LPQR ?
        :SELL LPQR ?
        :ALTE S ?
      97[ABD] ?
      98[AC] ?
      20C ?
      70[CD] {0,2}
    end
    block D2 CSHPRTY *
      95[LPQRS] +
      97[AE] {0,4}
      98[AC] ?
      20C ?
      70C ?
    end
    block D3 AMT *
      17B {0,4}
      19A {1,3}
      98[AC] ?
      92B ?
        :EXCH B ?
    end
  end
  block E OTHRPRTY *
    95[LPQRS] +
    97[ABDE] {0,2}
    70C ?
    20C ?
  end
  block F REPO ?
    98[ABC] {0,2}
    22F {0,4}
    20C {0,2}
    92[AC] {0,6}
    99B {0,2}
    19A {0,6}
    70C ?
  end
  rule E62 each D3 : if 92B:EXCH then 19A:RESU | the resulting amount (19A RESU), because there is an exchange rate (92B EXCH)
  rule E62 each D3 : if 19A:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19A RESU)

message 514 "Trade Allocation Instruction"
  block A GENL
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    22F
    99B {0,2}
      :SETT B ?
      :TOSE B ?
    block A1 LINK *
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
  end
  block B CONFDET
    98[ABCE] {1,2}
    90A {0,2}
    92A {0,2}
    99A {0,2}
    94[BCFL] *
    19A {0,2}
    22[FH] {2,65535}
    11A ?
    block B1 CONFPRTY +
      95[LPQRS] +
      97[ABDE] {0,2}
      98[AC] ?
      20C ?
      70[CE] {0,2}
      22F *
    end
    36[BD] {1,2}
    35B
    block B2 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,11}
      92A {0,7}
      13[AB] {0,4}
      17B {0,7}
      90[AB] {0,2}
      36[BD] {0,3}
      35B *
      70E ?
    end
    13B *
    70E ?
  end
  block C SETDET ?
    22F +
    11A ?
    block C1 SETPRTY *
      95[CLPQRS] +
        :BUYR LPQR ?
        :DEAG LPQR ?
        :DECU LPQR ?
        :DEI1 LPQR ?
        :DEI2 LPQR ?
        :PSET CLPQR ?
        :REAG LPQR ?
        :RECU LPQR ?
        :REI1 LPQR ?
        :REI2 LPQR ?
        :SELL LPQR ?
        :ALTE S ?
      97[ABD] ?
      98[AC] ?
      20C ?
      70[CD] {0,2}
    end
    block C2 CSHPRTY *
      95[LPQRS] +
      97[AE] {0,4}
      98[AC] ?
      20C ?
      70C ?
    end
    block C3 AMT *
      17B {0,4}
      19A {1,3}
      98[AC] ?
      92B ?
        :EXCH B ?
    end
  end
  block D OTHRPRTY *
    95[LPQRS] +
    97[ABDE] {0,2}
    70C ?
    20C ?
  end
  block E REPO ?
    98[ABC] {0,2}
    22F {0,4}
    20C {0,2}
    92[AC] {0,6}
    99B {0,2}
    19A {0,6}
    70C ?
  end
  rule E62 each C3 : if 92B:EXCH then 19A:RESU | the resulting amount (19A RESU), because there is an exchange rate (92B EXCH)
  rule E62 each C3 : if 19A:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19A RESU)

message 515 "Client Confirmation of Purchase or Sale"
  block A GENL
    28E ?
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    22F
    block A1 LINK +
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
  end
  block B PAFILL *
    36[BD]
    90[AB]
    22F {0,2}
    98[ABCE] ?
    94[BL] *
  end
  block C CONFDET
    98[ABCE] {2,3}
    90[AB] +
    92A {0,5}
    99A {0,2}
    94[BCFL] *
    19A ?
    22[FH] {2,65535}
    11A ?
    block C1 CONFPRTY +
      95[LPQRS] +
      97[ABDE] {0,2}
      98[AC] ?
      20C ?
      70[CE] {0,2}
      22F *
    end
    36[BD] +
    35B
    block C2 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,11}
      92A {0,8}
      13[AB] {0,4}
      17B {0,9}
      90[AB] {0,3}
      36[BD] {0,3}
      35B *
      70E ?
    end
    13B *
    70E {0,2}
  end
  block D SETDET ?
    22F +
    11A ?
    block D1 SETPRTY *
      95[CLPQRS] +
        :BUYR LPQR ?
        :DEAG LPQR ?
        :DECU LPQR ?
        :DEI1 LPQR ?
        :DEI2 LPQR ?
        :PSET CLPQR ?
        :REAG LPQR ?
        :RECU LPQR ?
        :REI1 LPQR ?
        :REI2 LPQR ?
        :SELL LPQR ?
        :ALTE S ?
      97[ABD] ?
      98[AC] ?
      20C ?
      70[CD] {0,2}
    end
    block D2 CSHPRTY *
      95[LPQRS] +
      97[AE] {0,4}
      98[AC] ?
      20C ?
      70C ?
    end
    block D3 AMT *
      17B {0,6}
      19A {1,3}
      98[AC] ?
      92B ?
        :EXCH B ?
    end
  end
  block E OTHRPRTY *
    95[LPQRS] +
    97[ABDE] {0,2}
    70C ?
    20C ?
  end
  block F REPO ?
    98[ABC] {0,2}
    22F {0,4}
    20C {0,2}
    92[AC] {0,6}
    99B {0,2}
    19A {0,6}
    70C ?
  end
  rule E62 each D3 : if 92B:EXCH then 19A:RESU | the resulting amount (19A RESU), because there is an exchange rate (92B EXCH)
  rule E62 each D3 : if 19A:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19A RESU)
  rule E73 : if C/19A:SETT then not D3/19A:SETT | the settlement amount (19A SETT) in sequence C or in D3, not in both
  rule E08 : if A/23G.function = 'CANC' then count A1/20a:PREV = 1 | the reference of the confirmation that is cancelled (20 PREV) in one subsequence A1
  rule E84 each D : call parties_once | no settlement party twice
  rule E86 each D : if 95a:DEI2 then 95a:DEI1 | the first intermediary of the deliverer (DEI1), because there is a second (DEI2)
  rule E86 each D : if 95a:DEI1 then 95a:DECU | the custodian of the deliverer (DECU), because there is an intermediary (DEI1)
  rule E86 each D : if 95a:DECU then 95a:SELL | the seller (SELL), because there is a custodian of the deliverer (DECU)
  rule E86 each D : if 95a:REI2 then 95a:REI1 | the first intermediary of the receiver (REI1), because there is a second (REI2)
  rule E86 each D : if 95a:REI1 then 95a:RECU | the custodian of the receiver (RECU), because there is an intermediary (REI1)
  rule E86 each D : if 95a:RECU then 95a:BUYR | the buyer (BUYR), because there is a custodian of the receiver (RECU)

message 516 "Securities Loan Confirmation"
  seq A
    20
    21 ?
    23
    31P
    83C ?
    35B
    35A ?
    31L ?
    31X ?
    30
    31F ?
    87[AD] ?
    35N ?
    33T ?
  end
  seq B ?
    37J ?
    26H ?
    33S ?
    32[AB] ?
    37[ABCDEF] ?
    57[ABD] ?
    35S ?
    35B ?
    87[AD] ?
  end
  seq C ?
    77D ?
    72 ?
  end

message 517 "Trade Confirmation Affirmation"
  block A GENL
    20C
    23G
    98[ACE] ?
      :PREP ACE ?
    95[LPQR] {1,6}
    25D ?
    block A1 LINK +
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
  end
  rule E59 : if A/23G.function != 'CANC' then A1/13A.number-id = '515' | a link to a confirmation of type 515 (13A) in subsequence A1
  rule E08 : if A/23G.function = 'CANC' then count A1/20C:PREV = 1 | the reference of the message that is cancelled (20C PREV) in one subsequence A1

message 518 "Market-Side Securities Trade Confirmation"
  block A GENL
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    22F
    block A1 LINK *
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
  end
  block B CONFDET
    98[ABCE] {2,3}
    90[AB]
    92A {0,5}
    99A {0,2}
    94[BCFL] *
    19A ?
    22[FH] {2,65535}
    11A ?
    block B1 CONFPRTY +
      95[LPQRS] +
      97[ABDE] {0,2}
      98[AC] ?
      20C ?
      70[CE] {0,2}
      22F *
    end
    36[BD]
    35B
    block B2 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,11}
      92A {0,7}
      13[AB] {0,4}
      17B {0,7}
      90[AB] {0,2}
      36[BD] {0,3}
      35B *
      70E ?
    end
    13B *
    70E {0,2}
  end
  block C SETDET ?
    22F +
    11A ?
    block C1 SETPRTY *
      95[CLPQRS] +
        :BUYR LPQR ?
        :DEAG LPQR ?
        :DECU LPQR ?
        :DEI1 LPQR ?
        :DEI2 LPQR ?
        :PSET CLPQR ?
        :REAG LPQR ?
        :RECU LPQR ?
        :REI1 LPQR ?
        :REI2 LPQR ?
        :SELL LPQR ?
        :ALTE S ?
      97[ABD] ?
      98[AC] ?
      20C ?
      70[CD] {0,2}
    end
    block C2 CSHPRTY *
      95[LPQRS] +
      97[AE] {0,4}
      98[AC] ?
      20C ?
      70C ?
    end
    block C3 AMT *
      17B {0,4}
      19A {1,3}
      98[AC] ?
      92B ?
        :EXCH B ?
    end
  end
  block D OTHRPRTY *
    95[LPQRS] +
    97[ABDE] {0,2}
    70C ?
    20C ?
  end
  block E REPO ?
    98[ABC] {0,2}
    22F {0,4}
    20C {0,2}
    92[AC] {0,6}
    99B {0,2}
    19A {0,6}
    70C ?
  end
  rule E62 each C3 : if 92B:EXCH then 19A:RESU | the resulting amount (19A RESU), because there is an exchange rate (92B EXCH)
  rule E62 each C3 : if 19A:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19A RESU)
  rule E73 : if B/19A:SETT then not C3/19A:SETT | the settlement amount (19A SETT) in sequence B or in C3, not in both
  rule E08 : if A/23G.function = 'CANC' then count A1/20a:PREV = 1 | the reference of the confirmation that is cancelled (20 PREV) in one subsequence A1
  rule E84 each C : call parties_once | no settlement party twice
  rule E86 each C : if 95a:DEI2 then 95a:DEI1 | the first intermediary of the deliverer (DEI1), because there is a second (DEI2)
  rule E86 each C : if 95a:DEI1 then 95a:DECU | the custodian of the deliverer (DECU), because there is an intermediary (DEI1)
  rule E86 each C : if 95a:DECU then 95a:SELL | the seller (SELL), because there is a custodian of the deliverer (DECU)
  rule E86 each C : if 95a:SELL then 95a:DEAG | the delivering agent (DEAG), because there is a seller (SELL)
  rule E86 each C : if 95a:REI2 then 95a:REI1 | the first intermediary of the receiver (REI1), because there is a second (REI2)
  rule E86 each C : if 95a:REI1 then 95a:RECU | the custodian of the receiver (RECU), because there is an intermediary (REI1)
  rule E86 each C : if 95a:RECU then 95a:BUYR | the buyer (BUYR), because there is a custodian of the receiver (RECU)
  rule E86 each C : if 95a:BUYR then 95a:REAG | the receiving agent (REAG), because there is a buyer (BUYR)

message 519 "Modification of Client Details"
  block A GENL
    20C
    23G
    98[ACE] ?
      :PREP ACE ?
    block A1 LINK *
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20C
    end
  end
  block B REGDET
    20D {1,3}
    22F {1,4}
    98[AC] ?
    35B ?
    70C ?
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,6}
      13[AB] {0,3}
      17B {0,3}
      90[AB] {0,2}
      36[BD] {0,2}
      70E ?
    end
    block B2 FIAC
      95[PR] ?
      97[AD] ?
    end
  end
  block C CLTDET *
    block C1 ADDRESS *
      17B {1,2}
      22F {0,2}
      95[PRSU] *
      94[CDG] {0,5}
      13B {0,3}
      70C {0,2}
    end
    block C2 PERSDET ?
      22F {0,2}
      95U ?
      98[AC] {0,2}
      94C {0,2}
      70C ?
    end
  end
  block D ADDINFO ?
    95[PQR] {0,2}
  end

message 524 "Intra-Position Instruction"
  block A GENL
    20C
    23G
    98[ACE] ?
      :PREP ACE ?
    99B {0,2}
      :SETT B ?
      :TOSE B ?
    22F ?
    block A1 LINK *
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20C
    end
  end
  block B INPOSDET
    95[PR] ?
    97[ABD]
    94[BCF] ?
    36[BD]
    13B ?
    35B
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,7}
      13[ABK] *
      17B {0,3}
      90[AB] {0,2}
      36[BD] {0,2}
      35B *
      70E ?
    end
    98[AC]
    70E ?
    93A {2,2}
  end
  block C ADDINFO ?
    95[PQR] {0,2}
  end
  rule E81 : if B/93A:FROM then B/93A:FROM.subbalance-type != B/93A:TOBA.subbalance-type | two different balances in 93A FROM and 93A TOBA
  rule E08 : if A/23G.function = 'CANC' then A1/20C:PREV | the reference of the instruction that is cancelled (20C PREV) in subsequence A1
  rule E90 : if A/99B:TOSE then A/99B:SETT | the number of this instruction (99B SETT), because there is a total of linked ones (99B TOSE)

message 526 "General Securities Lending/Borrowing Message"
  seq A
    20
    21 ?
    23
    83C ?
    29A ?
    29B ?
  end
  seq B +
    35B
    35A ?
    30 ?
    31F ?
    87[AD] ?
    72 ?
  end

message 527 "Triparty Collateral Instruction"
  block A GENL
    28E
    20C {1,5}
    23G
    98[ACE] {0,4}
    22[FH] {2,7}
    13B *
    17B {0,2}
    25D ?
    block A1 COLLPRTY +
      95[LPQR] {1,4}
      97[ABD] ?
      22F ?
    end
    70E {0,2}
    block A2 LINK *
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
  end
  block B DEALTRAN ?
    94[BL] ?
    17B {0,2}
    99B {0,5}
    98[ABC]
    19A {0,4}
    block B1 BREAK *
      13B
      19A
    end
    92[AC] {0,3}
    11A ?
    22[FH] {0,6}
  end
  block C SECMOVE *
    22H
    35B
    36B
    17B
    97[ABD] ?
    20C ?
  end
  block D CASHMOVE *
    22H
    19A
    17B ?
    97[AE] ?
    20C ?
  end
  block E ADDINFO *
    95[CLPQR] {0,5}
  end
  rule E64 : A/20C:CLCI or A/20C:TRCI | the reference of the client (20C CLCI) or of the agent (20C TRCI)
  rule E68 : A/20C:SCTR or A/20C:RCTR | the reference of the exposure of the sender (20C SCTR) or of the receiver (20C RCTR)

message 530 "Transaction Processing Command"
  block A GENL
    20C
    23G
    98[ACE] ?
      :PREP ACE ?
    95[LPR] {0,2}
    97[ABD]
  end
  block B REQD *
    20[CU] {0,7}
    22F *
    block B1 LINK *
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
  end
  block C ADDINFO *
    20C ?
    12A ?
    97[ABD] ?
    35B ?
    36[BD] ?
    90[AB]
    19A ?
    98[AC] {0,3}
    17B ?
    95[PQR] {0,2}
    block C1 STAT ?
      25D
      block C1a REAS *
        24B
        70D ?
          :REAS D ?
      end
    end
  end

message 535 "Statement of Holdings"
  block A GENL
    28E
    13[AJ] ?
    20C
      :SEME C
    23G
    98[ACE] {1,2}
    22F {4,4}
    block A1 LINK *
      13[AB] ?
        :LINK AB ?
      20C
    end
    95[LPR] {0,2}
    97[ABD]
    17B {2,5}
  end
  block B SUBSAFE *
    95[LPR] {0,2}
    97[ABD] ?
    94[BCFL] *
    17B ?
    block B1 FIN *
      35B
      block B1a FIA ?
        94[BD] {0,2}
        22F {0,5}
        12[ABC] {0,3}
        11A ?
          :DENO A ?
        98A {0,9}
        92A {0,8}
        13[ABK] *
        17B {0,3}
        90[AB] {0,2}
        36[BD] {0,2}
        35B *
        70E ?
      end
      22H ?
      90[ABE] ?
      94B ?
      98[AC] ?
      93[BF] +
      block B1b SUBBAL *
        93[BCEF] {1,3}
        22[FH] ?
        94[BCFL] *
        90[ABE] ?
        98[AC] ?
        99A ?
        19A {0,4}
        92B ?
        70C ?
        block B1b1 BREAK *
          13B ?
          93[BF] ?
          98[ACE] ?
          90[AB] ?
          22F ?
          19A {0,2}
        end
      end
      99A ?
      19A {0,4}
      92B ?
      70E ?
      block B1c BREAK *
        13B ?
        93B ?
        98[ACE] ?
        90[AB] ?
        22F ?
        19A {0,2}
      end
    end
  end
  block C ADDINFO *
    95[PQR] {0,2}
    19A {0,3}
    70H ?
  end
  rule E66 : if A/17B:ACTI.flag = 'N' then not B/16R | no holdings in sequence B, because there is nothing to report (17B ACTI N)
  rule E66 : if A/17B:ACTI.flag = 'Y' then B/16R | the holdings in sequence B, because there is something to report (17B ACTI Y)
  rule E67 : if A/22F:STTY.indicator = 'ACCT' and not A/22F:STTY.data-source-scheme and B/16R then B1/35B | at least one security in an accounting statement (22F STTY ACCT)
  rule E82 each B1 : if A/22F:STTY.indicator = 'ACCT' and not A/22F:STTY.data-source-scheme then 90a and 19A:HOLD | the price (90) and the holding value (19A HOLD) in an accounting statement (22F STTY ACCT)
  rule E82 each B1b : if A/22F:STTY.indicator = 'ACCT' and not A/22F:STTY.data-source-scheme then 90a and 19A:HOLD | the price (90) and the holding value (19A HOLD) in an accounting statement (22F STTY ACCT)
  rule E08 : if A/23G.function = 'CANC' then count A1/20C:PREV = 1 | the reference of the statement that is cancelled (20C PREV) in one subsequence A1
  rule E56 each B : if A/17B:CONS.flag = 'Y' then 97a:SAFE and 17B:ACTI | the account (97 SAFE) and the activity flag (17B ACTI) of each sub-account (17B CONS Y)
  rule E69 each B : if 17B:ACTI.flag = 'N' then not 35B | no security, because the account has nothing to report (17B ACTI N)
  rule E69 each B : if 17B:ACTI.flag = 'Y' then 35B | a security, because the account has something to report (17B ACTI Y)
  rule D04 each B1b : if 93a:AGGR then 94a:SAFE | the place of safekeeping (94 SAFE) of the balance (93 AGGR)
  rule D05 each B1b : if 93a:AVAI or 93a:NAVL then 93a:AGGR | the whole balance (93 AGGR), because a part of it is given (AVAI, NAVL)

message 536 "Statement of Transactions"
  block A GENL
    28E
    13[AJ] ?
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    69[AB]
    22F {1,3}
    block A1 LINK *
      13[AB] ?
        :LINK AB ?
      20C
    end
    95[LPR] {0,2}
    97[ABD]
    17B {2,2}
      :ACTI B in Y N
      :CONS B in Y N
  end
  block B SUBSAFE *
    95[LPR] {0,2}
    97[ABD] ?
    94[BCFL] *
    17B ?
    block B1 FIN *
      35B
      90[AB] ?
      94B ?
      98[AC] ?
      93[BF] {0,2}
      block B1a TRAN +
        block B1a1 LINK +
          13[AB] ?
            :LINK AB ?
          20[CU]
        end
        block B1a2 TRANSDET ?
          94[BCFHL] *
          36[BD] +
          99A ?
          19A {0,2}
          22[FH] {3,65535}
          98[ABC] {1,6}
          25D ?
          70E ?
          block B1a2A SETPRTY *
            95[CLPQR] {1,2}
            97[ABD] ?
            20C ?
          end
        end
      end
    end
  end
  block C ADDINFO ?
    95[PQR] {0,2}
  end
  rule E66 : if A/17B:ACTI.flag = 'N' then not B/16R | no transactions in sequence B, because there is nothing to report (17B ACTI N)
  rule E66 : if A/17B:ACTI.flag = 'Y' then B/16R | the transactions in sequence B, because there is something to report (17B ACTI Y)
  rule E83 each B1a2 : if 22H:PAYM.indicator = 'APMT' then 19A:PSTA | the amount posted (19A PSTA), because it settles against payment (22H PAYM APMT)
  rule E84 each B1a2 : call parties_once | no settlement party twice
  rule E86 each B1a2 : if 95a:DEI2 then 95a:DEI1 | the first intermediary of the deliverer (DEI1), because there is a second (DEI2)
  rule E86 each B1a2 : if 95a:DEI1 then 95a:DECU | the custodian of the deliverer (DECU), because there is an intermediary (DEI1)
  rule E86 each B1a2 : if 95a:DECU then 95a:SELL | the seller (SELL), because there is a custodian of the deliverer (DECU)

message 537 "Statement of Pending Transactions"
  block A GENL
    28E
    13[AJ] ?
    20C
      :SEME C
    23G
    98[ACE] {1,2}
    22[FH] {1,3}
    block A1 LINK *
      13[AB] ?
        :LINK AB ?
      20C
        :PREV C ?
        :RELA C ?
    end
    95[LPR] {0,2}
    97[ABD]
    17B
      :ACTI B in Y N
  end
  block B STAT *
    25D
      :IPRC D ? in CAND CANP CGEN CPRC MPRC PACK PPRC REPR
      :INMH D ?
      :MTCH D ?
      :SETT D ?
    block B1 REAS *
      24B
      70D ?
        :REAS D ?
    end
    block B2 TRAN +
      block B2a LINK +
        13[AB] ?
          :LINK AB ?
        20[CU]
      end
      block B2b TRANSDET ?
        94[BCFHL] *
        35B
        36[BD] +
        19A {0,2}
        22[FH] {3,65535}
        98[ABCE] {1,7}
        70E ?
        block B2b1 SETPRTY *
          95[CLPQR] {1,2}
          97[ABD] ?
          20C ?
        end
      end
    end
  end
  block C TRANS *
    block C1 LINK +
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
    block C2 TRANSDET ?
      94[BCFHL] *
      35B
      36[BD] +
      19A {0,2}
      22[FH] {3,65535}
      98[ABCE] {1,7}
      70E ?
      block C2a SETPRTY *
        95[CLPQR] {1,2}
        97[ABD] ?
        20C ?
      end
    end
    block C3 STAT *
      25D
      block C3a REAS *
        24B
        70D ?
          :REAS D ?
      end
    end
  end
  block D PENA *
    69[AB] ?
    22F
    95[LP] {0,2}
    block D1 PENACUR *
      11A ?
      98[AC] {0,2}
      97[AE] ?
      20C
      95[LPQR] {1,4}
      22F
      19A {0,3}
      block D1a PENACOUNT *
        95[LPQR] {1,4}
        22F
        19A
        block D1a1 PENDET *
          20C {1,4}
          22H {2,2}
          17B {0,2}
          25D ?
          24B {0,4}
          70D ?
          19A
          99A
          block D1a1A CALDET *
            98[ACE]
            17B ?
            block D1a1A1 FIA ?
              35B
              12[AC] ?
              17B {0,3}
              90[AB] ?
              94[BL] *
              98[AC] {0,2}
              92[AB] *
              70E ?
            end
            92[AB] *
            19A {0,2}
            70E ?
          end
          block D1a1B RELTRAN ?
            20C {1,9}
            block D1a1B1 TRAN ?
              22[FH] {4,6}
              98[ABCE] {1,9}
              97[ABDE] {0,2}
              95[LPQR] {0,3}
              36[BD] +
              19A {0,2}
              block D1a1B1a STAT *
                25D
                block D1a1B1a1 REAS *
                  24B
                  70D ?
                    :REAS D ?
                end
              end
              70E ?
            end
          end
          70E ?
        end
        70E ?
      end
      70E ?
    end
    70E ?
  end
  block E ADDINFO *
    95[PQR] {0,2}
  end
  rule E08 : if A/23G.function = 'CANC' then count A1/20C:PREV = 1 | the reference of the statement that is cancelled (20C PREV) in one subsequence A1

message 538 "Statement of Intra-Position Advices"
  block A GENL
    28E
    13[AJ] ?
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    69[AB]
    22F {0,2}
    block A1 LINK *
      13[AB] ?
        :LINK AB ?
      20C
        :PREV C ?
        :RELA C ?
        :POOL C ?
    end
    95[PR] ?
    97[ABD]
    17B
  end
  block B FIN *
    35B
    block B1 FIA *
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,8}
      13[ABK] *
      17B {0,3}
      90[AB] {0,2}
      36B {0,2}
      35B *
      70E ?
    end
    block B2 SUBBAL +
      94[BCF] ?
      93A
      block B2a INPOS +
        block B2a1 LINK *
          13[AB] ?
            :LINK AB ?
          20C
        end
        36[BD]
        13B ?
        19A ?
        93A
        98[AC] {1,2}
        22F ?
        70E ?
      end
    end
  end
  block C ADDINFO *
    95[PQR] {0,2}
  end
  rule E08 : if A/23G.function = 'CANC' then count A1/20C:PREV = 1 | the reference of the statement that is cancelled (20C PREV) in one subsequence A1

message 540 "Receive Free"
  block A GENL
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    99B {0,2}
      :SETT B ?
      :TOSE B ?
    block A1 LINK *
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20[CU]
      36[BD] ?
        :PAIR BD ?
        :TURN BD ?
    end
  end
  block B TRADDET
    94[BHL] *
    98[ABCE] {1,4}
    90[AB] ?
    99A ?
    35B
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,7}
      13[AB] {0,2}
      17B {0,3}
      90[AB] {0,2}
      36[BD] {0,2}
      35B *
      70E ?
    end
    22F *
    11A ?
    25D {0,2}
    70E {0,2}
  end
  block C FIAC
    36[BD] +
      :SETT BD +
    70D ?
    13B *
    95[LPR] {0,2}
    97[ABDE] {1,3}
    94[BCFL] *
    block C1 BREAK *
      13B ?
      36[BD] ?
        :LOTS BD ?
      98[ACE] ?
      90[AB] ?
      22F ?
    end
  end
  block D REPO ?
    98[ABC] {0,2}
    22F {0,6}
    20C {0,2}
    92[AC] {0,6}
    99B {0,2}
    19A {0,6}
    70C ?
  end
  block E SETDET
    22F +
    block E1 SETPRTY +
      95[CLPQRS] +
        :BUYR LPQR ?
        :DEAG LPQR ?
        :DECU LPQR ?
        :DEI1 LPQR ?
        :DEI2 LPQR ?
        :PSET CLPQR ?
        :REAG LPQR ?
        :RECU LPQR ?
        :REI1 LPQR ?
        :REI2 LPQR ?
        :SELL LPQR ?
        :ALTE S ?
      97[ABD] ?
      98[AC] ?
      20C ?
      70[CDE] {0,3}
    end
    block E2 CSHPRTY *
      95[LPQRS] +
      97[AE] {0,4}
      70[CE] {0,2}
    end
    block E3 AMT *
      17B {0,4}
      19A {1,3}
      92B ?
        :EXCH B ?
    end
  end
  block F OTHRPRTY *
    95[CLPQRS] +
    97[AD] ?
    70[CDE] {0,3}
    20C ?
  end
  rule E87 each E : call amounts_once | no amount of one kind in two subsequences E3
  rule E90 : if A/99B:TOSE then A/99B:SETT | the number of this instruction (99B SETT), because there is a total of linked ones (99B TOSE)
  rule E62 each E3 : if 92B:EXCH then 19A:RESU | the resulting amount (19A RESU), because there is an exchange rate (92B EXCH)
  rule E62 each E3 : if 19A:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19A RESU)
  rule E84 : call parties_once | no party twice
  rule E91 each E : if not 22F:DBNM then 95a:DEAG and 95a:PSET | the delivering agent (95 DEAG) and the place of settlement (95 PSET)
  rule E86 each E : if 95a:DEI2 then 95a:DEI1 | the first intermediary of the deliverer (DEI1), because there is a second (DEI2)
  rule E86 each E : if 95a:DEI1 then 95a:DECU | the custodian of the deliverer (DECU), because there is an intermediary (DEI1)
  rule E86 each E : if 95a:REI2 then 95a:REI1 | the first intermediary of the receiver (REI1), because there is a second (REI2)
  rule E86 each E : if 95a:REI1 then 95a:RECU | the custodian of the receiver (RECU), because there is an intermediary (REI1)
  rule E86 each E : if 95a:DECU then 95a:SELL | the seller (SELL), because there is a custodian of the deliverer (DECU)
  rule E86 each E : if 95a:RECU then 95a:BUYR | the buyer (BUYR), because there is a custodian of the receiver (RECU)
  rule E08 : if A/23G.function = 'CANC' then count A1/20a:PREV = 1 | the reference of the instruction that is cancelled (20 PREV) in one subsequence A1
  rule E14 : if E/22F:FXCX.indicator in FXNO FXYE then A/23G.function = 'CANC' | a cancellation (23G), for the exchange deal is kept or cancelled (22F FXCX)
  rule E14 : if E/22F:FXCX.indicator in SINO then A/23G.function = 'NEWM' | a new instruction (23G), for an exchange deal is started (22F FXCX)
  rule E70 each E : if 22F:DBNM then 95a:SELL | the seller (95 SELL), because the settlement comes from a database (22F DBNM)
  rule E71 : if E/22F:DBNM.indicator in VEND then F/95a:VEND | the vendor of the database (95 VEND) in sequence F
  rule C50 : if A1/36a then E/22F:SETR.indicator in PAIR TURN | a pair-off or turnaround (22F SETR), because a linked quantity is given (36)
  rule C71 : count C/36B:SETT <= 2 | one quantity (36B SETT), or two as face amount and amortised value
  rule E52 each E1 : if 95a:PSET then not 97a:SAFE | no safekeeping account (97 SAFE) with the place of settlement (95 PSET)
  rule E63 each F : if 95a:EXCH or 95a:TRRE then not 97a | no account (97) of an exchange or a regulator (95 EXCH, TRRE)

message 541 "Receive Against Payment Instruction"
  block A GENL
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    99[BC] {0,2}
      :SETT BC ?
      :TOSE BC ?
    block A1 LINK *
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20[CU]
      36[BD] ?
        :PAIR BD ?
        :TURN BD ?
    end
  end
  block B TRADDET
    94[BHL] *
    98[ABCE] {1,3}
    90[AB] ?
    99A ?
    35B
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,7}
      13[AB] {0,2}
      17B {0,3}
      90[AB] {0,2}
      36[BD] {0,2}
      35B *
      70E ?
    end
    22F *
    11A ?
    25D {0,2}
    70E {0,2}
  end
  block C FIAC
    36[BD] +
      :SETT BD +
    70D ?
    13B *
    95[LPR] {0,2}
    97[ABDE] {1,2}
    94[BCFL] *
    block C1 BREAK *
      13B ?
      36[BD] ?
        :LOTS BD ?
      98[ACE] ?
      90[AB] ?
      22F ?
    end
  end
  block D REPO ?
    98[ABC] {0,2}
    22F {0,6}
    20C {0,2}
    92[AC] {0,6}
    99B {0,2}
    19A {0,6}
    70C ?
  end
  block E SETDET
    22F +
    block E1 SETPRTY +
      95[CLPQRS] +
        :BUYR LPQR ?
        :DEAG LPQR ?
        :DECU LPQR ?
        :DEI1 LPQR ?
        :DEI2 LPQR ?
        :PSET CLPQR ?
        :REAG LPQR ?
        :RECU LPQR ?
        :REI1 LPQR ?
        :REI2 LPQR ?
        :SELL LPQR ?
        :ALTE S ?
      97[ABD] ?
      98[AC] ?
      20C ?
      70[CDE] {0,3}
    end
    block E2 CSHPRTY *
      95[LPQRS] +
      97[AE] {0,4}
      70[CE] {0,2}
    end
    block E3 AMT +
      17B {0,4}
      19A {1,3}
      98[AC] ?
      92B ?
        :EXCH B ?
    end
  end
  block F OTHRPRTY *
    95[CLPQRS] +
    97[AD] ?
    70[CDE] {0,3}
    20C ?
  end
  rule E87 each E : call amounts_once | no amount of one kind in two subsequences E3
  rule E92 : E3/19A:SETT | the settlement amount (19A SETT) in subsequence E3
  rule E90 : if A/99B:TOSE then A/99B:SETT | the number of this instruction (99B SETT), because there is a total of linked ones (99B TOSE)
  rule E62 each E3 : if 92B:EXCH then 19A:RESU | the resulting amount (19A RESU), because there is an exchange rate (92B EXCH)
  rule E62 each E3 : if 19A:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19A RESU)
  rule E84 : call parties_once | no party twice
  rule E91 each E : if not 22F:DBNM then 95a:DEAG and 95a:PSET | the delivering agent (95 DEAG) and the place of settlement (95 PSET)
  rule E86 each E : if 95a:DEI2 then 95a:DEI1 | the first intermediary of the deliverer (DEI1), because there is a second (DEI2)
  rule E86 each E : if 95a:DEI1 then 95a:DECU | the custodian of the deliverer (DECU), because there is an intermediary (DEI1)
  rule E86 each E : if 95a:REI2 then 95a:REI1 | the first intermediary of the receiver (REI1), because there is a second (REI2)
  rule E86 each E : if 95a:REI1 then 95a:RECU | the custodian of the receiver (RECU), because there is an intermediary (REI1)
  rule E86 each E : if 95a:DECU then 95a:SELL | the seller (SELL), because there is a custodian of the deliverer (DECU)
  rule E86 each E : if 95a:RECU then 95a:BUYR | the buyer (BUYR), because there is a custodian of the receiver (RECU)
  rule E08 : if A/23G.function = 'CANC' then count A1/20a:PREV = 1 | the reference of the instruction that is cancelled (20 PREV) in one subsequence A1
  rule E14 : if E/22F:FXCX.indicator in FXNO FXYE then A/23G.function = 'CANC' | a cancellation (23G), for the exchange deal is kept or cancelled (22F FXCX)
  rule E14 : if E/22F:FXCX.indicator in SINO then A/23G.function = 'NEWM' | a new instruction (23G), for an exchange deal is started (22F FXCX)
  rule E70 each E : if 22F:DBNM then 95a:SELL | the seller (95 SELL), because the settlement comes from a database (22F DBNM)
  rule E71 : if E/22F:DBNM.indicator in VEND then F/95a:VEND | the vendor of the database (95 VEND) in sequence F
  rule C50 : if A1/36a then E/22F:SETR.indicator in PAIR TURN | a pair-off or turnaround (22F SETR), because a linked quantity is given (36)
  rule C71 : count C/36B:SETT <= 2 | one quantity (36B SETT), or two as face amount and amortised value
  rule C28 each E3 : if 98a:VALU then 19A:SETT and E/22F:STCO.indicator in SPST | a settlement amount (19A SETT) and a split settlement (22F STCO SPST) beside the value date (98 VALU)
  rule E52 each E1 : if 95a:PSET then not 97a:SAFE | no safekeeping account (97 SAFE) with the place of settlement (95 PSET)
  rule E63 each F : if 95a:EXCH or 95a:TRRE then not 97a | no account (97) of an exchange or a regulator (95 EXCH, TRRE)

message 542 "Deliver Free"
  block A GENL
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    99[BC] {0,2}
      :SETT BC ?
      :TOSE BC ?
    block A1 LINK *
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20[CU]
      36[BD] ?
        :PAIR BD ?
        :TURN BD ?
    end
  end
  block B TRADDET
    94[BHL] *
    98[ABCE] {1,4}
    90[AB] ?
    99A ?
    35B
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,7}
      13[AB] {0,2}
      17B {0,3}
      90[AB] {0,2}
      36[BD] {0,2}
      35B *
      70E ?
    end
    22F *
    11A ?
    25D {0,2}
    70E {0,2}
  end
  block C FIAC
    36[BD] +
      :SETT BD +
    70D ?
    13B *
    95[LPR] {0,2}
    97[ABDE] {1,3}
    94[BCFL] *
    block C1 BREAK *
      13B ?
      36[BD] ?
        :LOTS BD ?
      98[ACE] ?
      90[AB] ?
      22F ?
    end
  end
  block D REPO ?
    98[ABC] {0,2}
    22F {0,6}
    20C {0,2}
    92[AC] {0,6}
    99B {0,2}
    19A {0,6}
    70C ?
  end
  block E SETDET
    22F +
    block E1 SETPRTY +
      95[CLPQRS] +
        :BUYR LPQR ?
        :DEAG LPQR ?
        :DECU LPQR ?
        :DEI1 LPQR ?
        :DEI2 LPQR ?
        :PSET CLPQR ?
        :REAG LPQR ?
        :RECU LPQR ?
        :REI1 LPQR ?
        :REI2 LPQR ?
        :SELL LPQR ?
        :ALTE S ?
      97[ABD] ?
      98[AC] ?
      20C ?
      70[CDE] {0,3}
    end
    block E2 CSHPRTY *
      95[LPQRS] +
      97[AE] {0,4}
      70[CE] {0,2}
    end
    block E3 AMT *
      17B {0,4}
      19A {1,3}
      92B ?
        :EXCH B ?
    end
  end
  block F OTHRPRTY *
    95[CLPQRS] +
    97[AD] ?
    70[CDE] {0,3}
    20C ?
  end
  rule E87 each E : call amounts_once | no amount of one kind in two subsequences E3
  rule E90 : if A/99B:TOSE then A/99B:SETT | the number of this instruction (99B SETT), because there is a total of linked ones (99B TOSE)
  rule E62 each E3 : if 92B:EXCH then 19A:RESU | the resulting amount (19A RESU), because there is an exchange rate (92B EXCH)
  rule E62 each E3 : if 19A:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19A RESU)
  rule E84 : call parties_once | no party twice
  rule E91 each E : if not 22F:DBNM then 95a:REAG and 95a:PSET | the receiving agent (95 REAG) and the place of settlement (95 PSET)
  rule E86 each E : if 95a:DEI2 then 95a:DEI1 | the first intermediary of the deliverer (DEI1), because there is a second (DEI2)
  rule E86 each E : if 95a:DEI1 then 95a:DECU | the custodian of the deliverer (DECU), because there is an intermediary (DEI1)
  rule E86 each E : if 95a:REI2 then 95a:REI1 | the first intermediary of the receiver (REI1), because there is a second (REI2)
  rule E86 each E : if 95a:REI1 then 95a:RECU | the custodian of the receiver (RECU), because there is an intermediary (REI1)
  rule E86 each E : if 95a:DECU then 95a:SELL | the seller (SELL), because there is a custodian of the deliverer (DECU)
  rule E86 each E : if 95a:RECU then 95a:BUYR | the buyer (BUYR), because there is a custodian of the receiver (RECU)
  rule E08 : if A/23G.function = 'CANC' then count A1/20a:PREV = 1 | the reference of the instruction that is cancelled (20 PREV) in one subsequence A1
  rule E14 : if E/22F:FXCX.indicator in FXNO FXYE then A/23G.function = 'CANC' | a cancellation (23G), for the exchange deal is kept or cancelled (22F FXCX)
  rule E14 : if E/22F:FXCX.indicator in SINO then A/23G.function = 'NEWM' | a new instruction (23G), for an exchange deal is started (22F FXCX)
  rule E70 each E : if 22F:DBNM then 95a:BUYR | the buyer (95 BUYR), because the settlement comes from a database (22F DBNM)
  rule E71 : if E/22F:DBNM.indicator in VEND then F/95a:VEND | the vendor of the database (95 VEND) in sequence F
  rule C50 : if A1/36a then E/22F:SETR.indicator in PAIR TURN | a pair-off or turnaround (22F SETR), because a linked quantity is given (36)
  rule C71 : count C/36B:SETT <= 2 | one quantity (36B SETT), or two as face amount and amortised value
  rule E52 each E1 : if 95a:PSET then not 97a:SAFE | no safekeeping account (97 SAFE) with the place of settlement (95 PSET)
  rule E63 each F : if 95a:EXCH or 95a:TRRE then not 97a | no account (97) of an exchange or a regulator (95 EXCH, TRRE)

message 543 "Deliver Against Payment Instruction"
  block A GENL
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    99[BC] {0,2}
      :SETT BC ?
      :TOSE BC ?
    block A1 LINK *
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20[CU]
      36[BD] ?
        :PAIR BD ?
        :TURN BD ?
    end
  end
  block B TRADDET
    94[BHL] *
    98[ABCE] {1,3}
    90[AB] ?
    99A ?
    35B
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,7}
      13[AB] {0,2}
      17B {0,3}
      90[AB] {0,2}
      36[BD] {0,2}
      35B *
      70E ?
    end
    22F *
    11A ?
    25D {0,2}
    70E {0,2}
  end
  block C FIAC
    36[BD] +
      :SETT BD +
    70D ?
    13B *
    95[LPR] {0,2}
    97[ABDE] {1,2}
    94[BCFL] *
    block C1 BREAK *
      13B ?
      36[BD] ?
        :LOTS BD ?
      98[ACE] ?
      90[AB] ?
      22F ?
    end
  end
  block D REPO ?
    98[ABC] {0,2}
    22F {0,6}
    20C {0,2}
    92[AC] {0,6}
    99B {0,2}
    19A {0,6}
    70C ?
  end
  block E SETDET
    22F +
    block E1 SETPRTY +
      95[CLPQRS] {1,2}
        :BUYR LPQR ?
        :DEAG LPQR ?
        :DECU LPQR ?
        :DEI1 LPQR ?
        :DEI2 LPQR ?
        :PSET CLPQR ?
        :REAG LPQR ?
        :RECU LPQR ?
        :REI1 LPQR ?
        :REI2 LPQR ?
        :SELL LPQR ?
        :ALTE S ?
      97[ABD] ?
      98[AC] ?
      20C ?
      70[CDE] {0,3}
    end
    block E2 CSHPRTY *
      95[LPQRS] +
      97[AE] {0,4}
      70[CE] {0,2}
    end
    block E3 AMT +
      17B {0,4}
      19A {1,3}
      98[AC] ?
      92B ?
        :EXCH B ?
    end
  end
  block F OTHRPRTY *
    95[CLPQRS] +
    97[AB] ?
    70[CDE] {0,3}
    20C ?
  end
  rule E87 each E : call amounts_once | no amount of one kind in two subsequences E3
  rule E92 : E3/19A:SETT | the settlement amount (19A SETT) in subsequence E3
  rule E90 : if A/99B:TOSE then A/99B:SETT | the number of this instruction (99B SETT), because there is a total of linked ones (99B TOSE)
  rule E62 each E3 : if 92B:EXCH then 19A:RESU | the resulting amount (19A RESU), because there is an exchange rate (92B EXCH)
  rule E62 each E3 : if 19A:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19A RESU)
  rule E84 : call parties_once | no party twice
  rule E91 each E : if not 22F:DBNM then 95a:REAG and 95a:PSET | the receiving agent (95 REAG) and the place of settlement (95 PSET)
  rule E86 each E : if 95a:DEI2 then 95a:DEI1 | the first intermediary of the deliverer (DEI1), because there is a second (DEI2)
  rule E86 each E : if 95a:DEI1 then 95a:DECU | the custodian of the deliverer (DECU), because there is an intermediary (DEI1)
  rule E86 each E : if 95a:REI2 then 95a:REI1 | the first intermediary of the receiver (REI1), because there is a second (REI2)
  rule E86 each E : if 95a:REI1 then 95a:RECU | the custodian of the receiver (RECU), because there is an intermediary (REI1)
  rule E86 each E : if 95a:DECU then 95a:SELL | the seller (SELL), because there is a custodian of the deliverer (DECU)
  rule E86 each E : if 95a:RECU then 95a:BUYR | the buyer (BUYR), because there is a custodian of the receiver (RECU)
  rule E08 : if A/23G.function = 'CANC' then count A1/20a:PREV = 1 | the reference of the instruction that is cancelled (20 PREV) in one subsequence A1
  rule E14 : if E/22F:FXCX.indicator in FXNO FXYE then A/23G.function = 'CANC' | a cancellation (23G), for the exchange deal is kept or cancelled (22F FXCX)
  rule E14 : if E/22F:FXCX.indicator in SINO then A/23G.function = 'NEWM' | a new instruction (23G), for an exchange deal is started (22F FXCX)
  rule E70 each E : if 22F:DBNM then 95a:BUYR | the buyer (95 BUYR), because the settlement comes from a database (22F DBNM)
  rule E71 : if E/22F:DBNM.indicator in VEND then F/95a:VEND | the vendor of the database (95 VEND) in sequence F
  rule C50 : if A1/36a then E/22F:SETR.indicator in PAIR TURN | a pair-off or turnaround (22F SETR), because a linked quantity is given (36)
  rule C71 : count C/36B:SETT <= 2 | one quantity (36B SETT), or two as face amount and amortised value
  rule C28 each E3 : if 98a:VALU then 19A:SETT and E/22F:STCO.indicator in SPST | a settlement amount (19A SETT) and a split settlement (22F STCO SPST) beside the value date (98 VALU)
  rule E52 each E1 : if 95a:PSET then not 97a:SAFE | no safekeeping account (97 SAFE) with the place of settlement (95 PSET)
  rule E63 each F : if 95a:EXCH or 95a:TRRE then not 97a | no account (97) of an exchange or a regulator (95 EXCH, TRRE)

message 544 "Receive Free Confirmation"
  block A GENL
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    22[FH] {0,2}
    block A1 LINK +
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
  end
  block B TRADDET
    94[BHL] *
    98[ABCE] {1,4}
    90[AB] ?
    99A ?
    35B
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,7}
      13[AB] {0,2}
      17B {0,3}
      90[AB] {0,2}
      36[BD] {0,2}
      35B *
      70E ?
    end
    22F *
    70E {0,2}
  end
  block C FIAC
    36[BD] +
    19A {0,2}
    70D ?
    13B *
    95[LPR] {0,2}
    97[ABDE] {1,3}
    94[BCFL] *
    block C1 BREAK *
      13B ?
      36[BD] ?
        :LOTS BD ?
      98[ACE] ?
      90[AB] ?
      22F {0,2}
    end
  end
  block D REPO ?
    98[ABC] {0,2}
    22F {0,5}
    20C {0,2}
    92[AC] {0,6}
    99B {0,2}
    19A {0,6}
    70C ?
  end
  block E SETDET
    22F +
    block E1 SETPRTY +
      95[CLPQRS] +
        :BUYR LPQR ?
        :DEAG LPQR ?
        :DECU LPQR ?
        :DEI1 LPQR ?
        :DEI2 LPQR ?
        :PSET CLPQR ?
        :REAG LPQR ?
        :RECU LPQR ?
        :REI1 LPQR ?
        :REI2 LPQR ?
        :SELL LPQR ?
        :ALTE S ?
      97[ABD] ?
      98[AC] ?
      20C ?
      70[CDE] {0,3}
    end
    block E2 CSHPRTY *
      95[LPQRS] +
      97[AE] {0,4}
      20C ?
      70[CE] {0,2}
    end
    block E3 AMT *
      17B {0,4}
      19A {1,3}
      98[AC] ?
      92B ?
        :EXCH B ?
    end
  end
  block F OTHRPRTY *
    95[CLPQRS] +
    97[AD] ?
    70[CDE] {0,3}
    20C ?
  end
  rule E87 each E : call amounts_once | no amount of one kind in two subsequences E3
  rule E62 each E3 : if 92B:EXCH then 19A:RESU | the resulting amount (19A RESU), because there is an exchange rate (92B EXCH)
  rule E62 each E3 : if 19A:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19A RESU)
  rule E84 : call parties_once | no party twice
  rule E93 each E : if not 22F:DBNM then 95a:DEAG and 95a:PSET | the delivering agent (95 DEAG) and the place of settlement (95 PSET)
  rule E86 each E : if 95a:DEI2 then 95a:DEI1 | the first intermediary of the deliverer (DEI1), because there is a second (DEI2)
  rule E86 each E : if 95a:DEI1 then 95a:DECU | the custodian of the deliverer (DECU), because there is an intermediary (DEI1)
  rule E86 each E : if 95a:REI2 then 95a:REI1 | the first intermediary of the receiver (REI1), because there is a second (REI2)
  rule E86 each E : if 95a:REI1 then 95a:RECU | the custodian of the receiver (RECU), because there is an intermediary (REI1)
  rule E86 each E : if 95a:DECU then 95a:SELL | the seller (SELL), because there is a custodian of the deliverer (DECU)
  rule E86 each E : if 95a:RECU then 95a:BUYR | the buyer (BUYR), because there is a custodian of the receiver (RECU)
  rule E08 : if A/23G.function in CANC RVSL then count A1/20a:PREV = 1 | the reference of the confirmation that is cancelled or reversed (20 PREV) in one subsequence A1
  rule C73 : count A1/20a:RELA = 1 | the reference of the instruction (20 RELA) in one subsequence A1
  rule C71 : count C/36B:ESTT <= 2 | one settled quantity (36B ESTT), or two as face amount and amortised value
  rule E52 each E1 : if 95a:PSET then not 97a:SAFE | no safekeeping account (97 SAFE) with the place of settlement (95 PSET)
  rule E63 each F : if 95a:EXCH or 95a:TRRE then not 97a | no account (97) of an exchange or a regulator (95 EXCH, TRRE)

message 545 "Receive Against Payment"
  block A GENL
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    22[FH] {0,2}
    block A1 LINK +
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
  end
  block B TRADDET
    94[BHL] *
    98[ABCE] {1,3}
    90[AB] ?
    99A ?
    35B
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,7}
      13[AB] {0,2}
      17B {0,3}
      90[AB] {0,2}
      36[BD] {0,2}
      35B *
      70E ?
    end
    22F *
    70E {0,2}
  end
  block C FIAC
    36[BD] +
    19A {0,2}
    70D ?
    13B *
    95[LPR] {0,2}
    97[ABDE] {1,2}
    94[BCFL] *
    block C1 BREAK *
      13B ?
      36[BD] ?
        :LOTS BD ?
      98[ACE] ?
      90[AB] ?
      22F {0,2}
    end
  end
  block D REPO ?
    98[ABC] {0,2}
    22F {0,5}
    20C {0,2}
    92[AC] {0,6}
    99B {0,2}
    19A {0,6}
    70C ?
  end
  block E SETDET
    22F +
    block E1 SETPRTY +
      95[CLPQRS] +
        :BUYR LPQR ?
        :DEAG LPQR ?
        :DECU LPQR ?
        :DEI1 LPQR ?
        :DEI2 LPQR ?
        :PSET CLPQR ?
        :REAG LPQR ?
        :RECU LPQR ?
        :REI1 LPQR ?
        :REI2 LPQR ?
        :SELL LPQR ?
        :ALTE S ?
      97[ABD] ?
      98[AC] ?
      20C ?
      70[CDE] {0,3}
    end
    block E2 CSHPRTY *
      95[LPQRS] +
      97[AE] {0,4}
      20C ?
      70[CE] {0,2}
    end
    block E3 AMT +
      17B {0,4}
      19A {1,3}
      98[AC] ?
      92B ?
        :EXCH B ?
    end
  end
  block F OTHRPRTY *
    95[CLPQRS] +
    97[AD] ?
    70[CDE] {0,3}
    20C ?
  end
  rule E87 each E : call amounts_once | no amount of one kind in two subsequences E3
  rule E92 : E3/19A:ESTT | the settled amount (19A ESTT) in subsequence E3
  rule E62 each E3 : if 92B:EXCH then 19A:RESU | the resulting amount (19A RESU), because there is an exchange rate (92B EXCH)
  rule E62 each E3 : if 19A:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19A RESU)
  rule E84 : call parties_once | no party twice
  rule E93 each E : if not 22F:DBNM then 95a:DEAG and 95a:PSET | the delivering agent (95 DEAG) and the place of settlement (95 PSET)
  rule E86 each E : if 95a:DEI2 then 95a:DEI1 | the first intermediary of the deliverer (DEI1), because there is a second (DEI2)
  rule E86 each E : if 95a:DEI1 then 95a:DECU | the custodian of the deliverer (DECU), because there is an intermediary (DEI1)
  rule E86 each E : if 95a:REI2 then 95a:REI1 | the first intermediary of the receiver (REI1), because there is a second (REI2)
  rule E86 each E : if 95a:REI1 then 95a:RECU | the custodian of the receiver (RECU), because there is an intermediary (REI1)
  rule E86 each E : if 95a:DECU then 95a:SELL | the seller (SELL), because there is a custodian of the deliverer (DECU)
  rule E86 each E : if 95a:RECU then 95a:BUYR | the buyer (BUYR), because there is a custodian of the receiver (RECU)
  rule E08 : if A/23G.function in CANC RVSL then count A1/20a:PREV = 1 | the reference of the confirmation that is cancelled or reversed (20 PREV) in one subsequence A1
  rule C73 : count A1/20a:RELA = 1 | the reference of the instruction (20 RELA) in one subsequence A1
  rule C71 : count C/36B:ESTT <= 2 | one settled quantity (36B ESTT), or two as face amount and amortised value
  rule C28 each E3 : if 98a:VALU then 19A:ESTT | the settled amount (19A ESTT) beside its value date (98 VALU)
  rule E52 each E1 : if 95a:PSET then not 97a:SAFE | no safekeeping account (97 SAFE) with the place of settlement (95 PSET)
  rule E63 each F : if 95a:EXCH or 95a:TRRE then not 97a | no account (97) of an exchange or a regulator (95 EXCH, TRRE)

message 546 "Deliver Free Confirmation"
  block A GENL
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    22[FH] {0,2}
    block A1 LINK +
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
  end
  block B TRADDET
    94[BHL] *
    98[ABCE] {1,4}
    90[AB] ?
    99A ?
    35B
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,7}
      13[AB] {0,2}
      17B {0,3}
      90[AB] {0,2}
      36[BD] {0,2}
      35B *
      70E ?
    end
    22F *
    70E {0,2}
  end
  block C FIAC
    36[BD] +
    19A {0,2}
    70D ?
    13B *
    95[LPR] {0,2}
    97[ABE] {1,3}
    94[BCFL] *
    block C1 BREAK *
      13B ?
      36[BD] ?
        :LOTS BD ?
      98[ACE] ?
      90[AB] ?
      22F {0,2}
    end
  end
  block D REPO ?
    98[ABC] {0,2}
    22F {0,5}
    20C {0,2}
    92[AC] {0,6}
    99B {0,2}
    19A {0,6}
    70C ?
  end
  block E SETDET
    22F +
    block E1 SETPRTY +
      95[CLPQRS] +
        :BUYR LPQR ?
        :DEAG LPQR ?
        :DECU LPQR ?
        :DEI1 LPQR ?
        :DEI2 LPQR ?
        :PSET CLPQR ?
        :REAG LPQR ?
        :RECU LPQR ?
        :REI1 LPQR ?
        :REI2 LPQR ?
        :SELL LPQR ?
        :ALTE S ?
      97[ABD] ?
      98[AC] ?
      20C ?
      70[CDE] {0,3}
    end
    block E2 CSHPRTY *
      95[LPQRS] +
      97[AE] {0,4}
      20C ?
      70[CE] {0,2}
    end
    block E3 AMT *
      17B {0,4}
      19A {1,3}
      98[AC] ?
      92B ?
        :EXCH B ?
    end
  end
  block F OTHRPRTY *
    95[CLPQRS] +
    97[AD] ?
    70[CDE] {0,3}
    20C ?
  end
  rule E87 each E : call amounts_once | no amount of one kind in two subsequences E3
  rule E62 each E3 : if 92B:EXCH then 19A:RESU | the resulting amount (19A RESU), because there is an exchange rate (92B EXCH)
  rule E62 each E3 : if 19A:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19A RESU)
  rule E84 : call parties_once | no party twice
  rule E93 each E : if not 22F:DBNM then 95a:REAG and 95a:PSET | the receiving agent (95 REAG) and the place of settlement (95 PSET)
  rule E86 each E : if 95a:DEI2 then 95a:DEI1 | the first intermediary of the deliverer (DEI1), because there is a second (DEI2)
  rule E86 each E : if 95a:DEI1 then 95a:DECU | the custodian of the deliverer (DECU), because there is an intermediary (DEI1)
  rule E86 each E : if 95a:REI2 then 95a:REI1 | the first intermediary of the receiver (REI1), because there is a second (REI2)
  rule E86 each E : if 95a:REI1 then 95a:RECU | the custodian of the receiver (RECU), because there is an intermediary (REI1)
  rule E86 each E : if 95a:DECU then 95a:SELL | the seller (SELL), because there is a custodian of the deliverer (DECU)
  rule E86 each E : if 95a:RECU then 95a:BUYR | the buyer (BUYR), because there is a custodian of the receiver (RECU)
  rule E08 : if A/23G.function in CANC RVSL then count A1/20a:PREV = 1 | the reference of the confirmation that is cancelled or reversed (20 PREV) in one subsequence A1
  rule C73 : count A1/20a:RELA = 1 | the reference of the instruction (20 RELA) in one subsequence A1
  rule C71 : count C/36B:ESTT <= 2 | one settled quantity (36B ESTT), or two as face amount and amortised value
  rule E52 each E1 : if 95a:PSET then not 97a:SAFE | no safekeeping account (97 SAFE) with the place of settlement (95 PSET)
  rule E63 each F : if 95a:EXCH or 95a:TRRE then not 97a | no account (97) of an exchange or a regulator (95 EXCH, TRRE)

message 547 "Deliver Against Payment Confirmation"
  block A GENL
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    22[FH] {0,2}
    block A1 LINK +
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
  end
  block B TRADDET
    94[BHL] *
    98[ABCE] {1,3}
    90[AB] ?
    99A ?
    35B
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,7}
      13[AB] {0,2}
      17B {0,3}
      90[AB] {0,2}
      36[BD] {0,2}
      35B *
      70E ?
    end
    22F *
    70E {0,2}
  end
  block C FIAC
    36[BD] +
    19A {0,2}
    70D ?
    13B *
    95[LPR] {0,2}
    97[ABDE] {1,2}
    94[BCFL] *
    block C1 BREAK *
      13B ?
      36[BD] ?
        :LOTS BD ?
      98[ACE] ?
      90[AB] ?
      22F {0,2}
    end
  end
  block D REPO ?
    98[ABC] {0,2}
    22F {0,5}
    20C {0,2}
    92[AC] {0,6}
    99B {0,2}
    19A {0,6}
    70C ?
  end
  block E SETDET
    22F +
    block E1 SETPRTY +
      95[CLPQRS] +
        :BUYR LPQR ?
        :DEAG LPQR ?
        :DECU LPQR ?
        :DEI1 LPQR ?
        :DEI2 LPQR ?
        :PSET CLPQR ?
        :REAG LPQR ?
        :RECU LPQR ?
        :REI1 LPQR ?
        :REI2 LPQR ?
        :SELL LPQR ?
        :ALTE S ?
      97[ABD] ?
      98[AC] ?
      20C ?
      70[CDE] {0,3}
    end
    block E2 CSHPRTY *
      95[LPQRS] +
      97[AE] {0,4}
      20C ?
      70[CE] {0,2}
    end
    block E3 AMT +
      17B {0,4}
      19A {1,3}
      98[AC] ?
      92B ?
        :EXCH B ?
    end
  end
  block F OTHRPRTY *
    95[CLPQRS] +
    97[AD] ?
    70[CDE] {0,3}
    20C ?
  end
  rule E87 each E : call amounts_once | no amount of one kind in two subsequences E3
  rule E92 : E3/19A:ESTT | the settled amount (19A ESTT) in subsequence E3
  rule E62 each E3 : if 92B:EXCH then 19A:RESU | the resulting amount (19A RESU), because there is an exchange rate (92B EXCH)
  rule E62 each E3 : if 19A:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19A RESU)
  rule E84 : call parties_once | no party twice
  rule E93 each E : if not 22F:DBNM then 95a:REAG and 95a:PSET | the receiving agent (95 REAG) and the place of settlement (95 PSET)
  rule E86 each E : if 95a:DEI2 then 95a:DEI1 | the first intermediary of the deliverer (DEI1), because there is a second (DEI2)
  rule E86 each E : if 95a:DEI1 then 95a:DECU | the custodian of the deliverer (DECU), because there is an intermediary (DEI1)
  rule E86 each E : if 95a:REI2 then 95a:REI1 | the first intermediary of the receiver (REI1), because there is a second (REI2)
  rule E86 each E : if 95a:REI1 then 95a:RECU | the custodian of the receiver (RECU), because there is an intermediary (REI1)
  rule E86 each E : if 95a:DECU then 95a:SELL | the seller (SELL), because there is a custodian of the deliverer (DECU)
  rule E86 each E : if 95a:RECU then 95a:BUYR | the buyer (BUYR), because there is a custodian of the receiver (RECU)
  rule E08 : if A/23G.function in CANC RVSL then count A1/20a:PREV = 1 | the reference of the confirmation that is cancelled or reversed (20 PREV) in one subsequence A1
  rule C73 : count A1/20a:RELA = 1 | the reference of the instruction (20 RELA) in one subsequence A1
  rule C71 : count C/36B:ESTT <= 2 | one settled quantity (36B ESTT), or two as face amount and amortised value
  rule C28 each E3 : if 98a:VALU then 19A:ESTT | the settled amount (19A ESTT) beside its value date (98 VALU)
  rule E52 each E1 : if 95a:PSET then not 97a:SAFE | no safekeeping account (97 SAFE) with the place of settlement (95 PSET)
  rule E63 each F : if 95a:EXCH or 95a:TRRE then not 97a | no account (97) of an exchange or a regulator (95 EXCH, TRRE)

message 548 "Settlement Status and Processing"
  block A GENL
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    block A1 LINK +
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
    block A2 STAT +
      25D
        :CPRC D ?
        :IPRC D ?
        :MTCH D ?
        :SETT D ?
        :SPRC D ?
        :CALL D ?
        :INMH D ?
        :TPRC D ?
      block A2a REAS *
        24B
        70D ?
          :REAS D ?
      end
    end
  end
  block B SETTRAN ?
    94[BCFHL] *
    35B
    36[BD] +
    19A {0,2}
      :OCMT A ?
      :SETT A ?
    95[LPR] {0,2}
    97[ABD]
    22[FH] {3,65535}
    98[ABCE] {1,8}
    70E ?
    block B1 SETPRTY *
      95[CLPQR] {1,2}
      97[ABD] ?
      20C ?
    end
  end
  block C PENA ?
    69[AB] ?
    22F
    95[LP] {0,2}
    block C1 PENACUR *
      11A ?
      98[AC] ?
      95[LPQR] {1,3}
      22F
      block C1a PENACOUNT *
        95[LPQR] {1,4}
        22F
        19A
        block C1a1 PENDET ?
          20C {1,4}
          22H {2,2}
          17B ?
          25D ?
          24B {0,4}
          70D ?
          19A
          99A
          block C1a1A CALDET *
            98[ACE]
            17B ?
            block C1a1A1 FIA ?
              35B
              12[AC] ?
              17B {0,3}
              90[AB] ?
              94B *
              98[AC] {0,2}
              92[AB] *
              70E ?
            end
            92[AB] *
            19A {0,2}
            70E ?
          end
          block C1a1B RELTRAN *
            20C {1,9}
            block C1a1B1 TRAN *
              22[FH] {4,6}
              98[ABCE] {1,9}
              97[ABDE] {0,2}
              95[LPQR] {0,3}
              36[BD] +
              19A {0,2}
              block C1a1B1a STAT *
                25D
                block C1a1B1a1 REAS *
                  24B
                  70D ?
                    :REAS D ?
                end
              end
              70E ?
            end
          end
          70E ?
        end
        70E ?
      end
      70E ?
    end
    70E ?
  end
  block D ADDINFO *
    95[CLPQR] {0,5}
  end
  rule E83 each B : if 22H:PAYM.indicator = 'APMT' then 19A:SETT | the settlement amount (19A SETT), because it settles against payment (22H PAYM APMT)
  rule E84 each B : call parties_once | no settlement party twice
  rule E85 each B : if 22H:REDE.indicator = 'DELI' and B1/95a then 95a:REAG | the receiving agent (95 REAG) of a delivery (22H REDE DELI)
  rule E85 each B : if 22H:REDE.indicator = 'RECE' and B1/95a then 95a:DEAG | the delivering agent (95 DEAG) of a receipt (22H REDE RECE)
  rule E86 each B : if 95a:DEI2 then 95a:DEI1 | the first intermediary of the deliverer (DEI1), because there is a second (DEI2)
  rule E86 each B : if 95a:DEI1 then 95a:DECU | the custodian of the deliverer (DECU), because there is an intermediary (DEI1)
  rule E86 each B : if 95a:REI2 then 95a:REI1 | the first intermediary of the receiver (REI1), because there is a second (REI2)
  rule E86 each B : if 95a:REI1 then 95a:RECU | the custodian of the receiver (RECU), because there is an intermediary (REI1)

message 549 "Request for Statement/Status Advice"
  block A GENL
    20C
      :SEME C
    23G
    98[AC] ?
      :PREP AC ?
    69[AB] ?
    13A
    95[LPR] {0,2}
    97[ABD]
    22F {0,4}
    block A1 LINK *
      13[AB] ?
        :LINK AB ?
      20C
    end
  end
  block B BYSTAREA *
    25D ?
    24B *
    35B *
  end
  block C REF *
    20[CU] +
  end
  block D ADDINFO ?
    95[PQR] {0,2}
  end

message 558 "Triparty Collateral Status and Processing Advice"
  block A GENL
    28E
    20C {1,6}
    23G
    98[ACE] {0,4}
    22[FH] {3,7}
    13B *
    block A1 COLLPRTY +
      95[LPQR] {1,4}
      97[ABD] ?
    end
    block A2 STAT *
      25D
      block A2a REAS *
        24B
        70D ?
          :REAS D ?
      end
    end
    17B {0,4}
    19A {0,5}
    70[DE] {0,3}
    block A3 LINK *
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
  end
  block B DEALTRAN ?
    94[BL] ?
    17B ?
    99B {0,5}
    98[ABC]
    19A {0,5}
    block B1 BREAK *
      13B
      19A
    end
    92[AC] {0,3}
    11A ?
    22[FH] {0,6}
  end
  block C SECMOVE *
    22H
    35B
    36[BD]
    25D ?
    17B {1,3}
    97[ABD] ?
    20C {0,2}
    19A ?
    70D ?
  end
  block D CASHMOVE *
    22H
    19A
    20C {0,2}
    25D ?
    17B {1,3}
    97[AE] ?
    70D ?
  end
  block E ADDINFO *
    95[PQR] {0,2}
  end

message 564 "Corporate Action Notification"
  block A GENL
    28E ?
    20C {2,3}
      :CORP C
      :SEME C
      :COAF C ?
    23G
    22F {2,3}
    98[ACE] ?
      :PREP ACE ?
    25D
    block A1 LINK *
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20C
    end
    block A2 REVR ?
      24B
      70D ?
    end
  end
  block B USECU
    35B
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F ?
      12[ABC] {0,2}
      11A ?
        :DENO A ?
      98A {0,9}
      92[ADK] {0,6}
      36[BD] {0,2}
    end
    block B2 ACCTINFO +
      95[PR] ?
      97[ACD]
      94[BCF] ?
      93[BCEF] *
    end
  end
  block C INTSEC ?
    35B
    36[BDE] ?
    93[BCE] {0,2}
    22F {0,2}
    92D ?
    90B ?
    98[ABE] {2,2}
    69[ABCDEF] ?
  end
  block D CADETL ?
    98[ABCE] {0,37}
    69[ABCDEFJ] {0,15}
    99A ?
    92[AFKP] {0,12}
    90[ABEL] {0,4}
    36[BCD] {0,6}
    13[AB] *
    17B {0,6}
    22F *
    94E {0,4}
    70[EG] *
  end
  block E CAOPTN *
    13A
    22F +
    94C *
    11A ?
    17B {1,6}
    35B ?
    98[ABCEFJK] *
    69[ABCDEFJ] {0,7}
    92[ABFHJKPR] *
    90[ABEL] {0,9}
    36[BCD] {0,7}
    block E1 SECMOVE *
      22[FH] +
      35B
      block E1a FIA ?
        94B ?
          :PLIS B ?
        22F ?
        12[ABC] {0,2}
        11A ?
          :DENO A ?
        98A {0,8}
        90[ABE] ?
        92[AK] {0,4}
        36[BD] {0,4}
      end
      36[BD] *
      94[BCF] {0,2}
      22F ?
      11A ?
      69[ABCDEFJ] ?
      90[ABEFJKL] {0,5}
      92[ADFKLMNR] *
      98[AB] {1,6}
      19B {0,2}
    end
    block E2 CASHMOVE *
      22[FH] +
      94C ?
      97[AE] ?
      19B {0,51}
      98[ABCE] {1,4}
      92[ABFHJKMR] *
      90[ABEFJKL] {0,3}
    end
    70E *
  end
  block F ADDINFO ?
    70E *
    95[LPQR] *
  end
  rule E62 each E2 : if 92B:EXCH then 19B:RESU | the resulting amount (19B RESU), because there is an exchange rate (92B EXCH)
  rule E62 each E2 : if 19B:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19B RESU)
  rule E94 : if B2/97C:SAFE then count B2/97a = 1 and not B2/93a and not E1/36a and not E2/19B | no balance, no quantity and no amount in an announcement to all accounts (97C SAFE GENR)
  rule E01 : if A/22F:CAEV.indicator = 'RHDI' and not A/22F:CAEV.data-source-scheme then not C/16R | no sequence C before the rights are distributed (22F CAEV RHDI)
  rule E01 : if A/22F:CAEV.indicator = 'RHTS' and not A/22F:CAEV.data-source-scheme then C/16R | the intermediate securities in sequence C of a rights issue (22F CAEV RHTS)
  rule E01 : if A/22F:CAEV.indicator = 'INFO' and not A/22F:CAEV.data-source-scheme then not (C/16R or E/13A) | no intermediate securities and no options in an information (22F CAEV INFO)
  rule E03 : if A/22F:CAEV.indicator = 'OTHR' and not A/22F:CAEV.data-source-scheme then F/70E:ADTX | a description (70E ADTX) in sequence F of an event that has no code (22F CAEV OTHR)
  rule E79 each E : if 22F:CAOP.indicator = 'OTHR' and not 22F:CAOP.data-source-scheme then 70E:ADTX | a description (70E ADTX) of an option that has no code (22F CAOP OTHR)
  rule E80 each E2 : if 92J:TAXE then 92F:GRSS | the gross dividend (92F GRSS), because a part of it is taxed (92J TAXE)
  rule E77 each E2 : count 92F:GRSS <= 1 and count 92K:GRSS <= 1 and not (92F:GRSS and 92K:GRSS) | one gross dividend (92 GRSS)
  rule E77 each E2 : count 92F:NETT <= 1 and count 92K:NETT <= 1 and not (92F:NETT and 92K:NETT) | one net dividend (92 NETT)
  rule E02 : if A/23G.function = 'REPE' and C/16R then C/36a:QINT | the quantity of intermediate securities (36 QINT) in a notification of entitlement (23G REPE)

message 565 "Corporate Action Instruction"
  block A GENL
    20C {2,3}
      :CORP C
      :SEME C
      :COAF C ?
    23G
    22F
    98[ACE] ?
      :PREP ACE ?
    block A1 LINK *
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20C
    end
  end
  block B USECU
    35B ?
    block B1 FIA *
      94B ?
        :PLIS B ?
      22F ?
      12[AC] ?
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,4}
      36[BD] {0,2}
    end
    block B2 ACCTINFO
      95[PR] ?
      97[AD] ?
      94[BCF] ?
      93[BCEF] *
    end
  end
  block C BENODET *
    95[LPRSV] +
    94C *
    36[BD]
    22F *
    70[EG] *
    92[AFK] ?
  end
  block D CAINST
    13A
    22[FH] +
    11A {0,3}
    35B ?
    36[BCD] *
    19B ?
      :QCAS B ?
    98[ACE] ?
    92[AFR] *
    90[ABEFJL] {0,4}
    20D ?
    17B ?
    70E *
  end
  block E ADDINFO ?
    70E *
    95[PQR] {0,2}
  end
  rule E08 : if A/23G.function = 'CANC' then count A1/20C:PREV = 1 | the reference of the instruction that is cancelled (20C PREV) in one subsequence A1
  rule E79 each D : if 22F:CAOP.indicator = 'SPLI' and not 22F:CAOP.data-source-scheme then 70E:INST | the instruction in words (70E INST), because it is split (22F CAOP SPLI)

message 566 "Corporate Action Confirmation"
  block A GENL
    20C {2,3}
      :CORP C
      :SEME C
      :COAF C ?
    23G
    22F
    98[ACE] ?
      :PREP ACE ?
    block A1 LINK *
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20C
    end
    block A2 REVR ?
      24B
      70D ?
    end
  end
  block B USECU
    95[PR] ?
    97[AD]
    94[BCF] ?
    35B
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F ?
      12[AC] ?
      11A ?
        :DENO A ?
      98A {0,9}
      92[AD] {0,6}
      36[BD] {0,2}
    end
    93[BCEF] *
  end
  block C CADETL ?
    98[ABCE] {0,8}
    69[ABCDEF] {0,5}
    99A ?
    92[AFKP] {0,9}
    90[ABL] {0,3}
    36[BCD] {0,6}
    13[AB] *
    17B {0,2}
    22F *
  end
  block D CACONF ?
    13A
    22[FH] +
    11A ?
    98[ABCE] {0,2}
    69[ABCDEF] {0,3}
    92[AFHJR] *
    90[AB] {0,2}
    94B ?
    block D1 SECMOVE *
      22[FH] +
      35B
      block D1a FIA ?
        94B ?
          :PLIS B ?
        22F ?
        12[AC] ?
        11A ?
          :DENO A ?
        98A {0,9}
        90[AB] ?
        92A {0,4}
        36[BD] {0,4}
      end
      36[BD] *
      94[BCF] {0,2}
      22F ?
      11A ?
      90[ABFJKL] {0,5}
      92[ADFLMNR] *
      98[ABC] {1,6}
      block D1b RECDEL *
        95[CPQRS] +
        97[AD] ?
        20C ?
      end
      19B {0,2}
    end
    block D2 CASHMOVE *
      22[FH] +
      94C ?
      97[AE] ?
      block D2a CSHPRTY *
        95[PQRS] {1,2}
        97[AE] ?
        20C ?
      end
      19B {1,58}
      98[ACE] {1,5}
      92[ABFHJMR] *
      90[ABFJKL] {0,3}
      block D2b TAXVODET ?
        20C
        98[AC] {0,2}
      end
    end
  end
  block E ADDINFO ?
    70E *
    95[PQR] *
  end
  rule E62 each D2 : if 92B:EXCH then 19B:RESU | the resulting amount (19B RESU), because there is an exchange rate (92B EXCH)
  rule E62 each D2 : if 19B:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19B RESU)
  rule E08 : if A/23G.function = 'REVR' then count A1/20C:PREV = 1 | the reference of the confirmation that is reversed (20C PREV) in one subsequence A1

message 567 "Corporate Action Status and Processing Advice"
  block A GENL
    20C {2,3}
      :CORP C
      :SEME C
      :COAF C ?
    23G
    22F
    98[ACE] ?
      :PREP ACE ?
    block A1 LINK +
      13[AB] ?
        :LINK AB ?
      20C
    end
    block A2 STAT +
      25D
      block A2a REAS *
        24B
        70D ?
          :REAS D ?
      end
    end
  end
  block B CADETL ?
    13A ?
    22[FH] {0,2}
    95[PR] ?
    97[ADE] {0,2}
    94[BCF] ?
    35B ?
    36[BD] *
    19B {0,40}
    93[BF] {0,4}
    17B ?
  end
  block C ADDINFO ?
    70E *
    95[PQR] {0,2}
  end

message 568 "Corporate Action Narrative"
  block A GENL
    28E ?
    20C {2,3}
      :CORP C
      :SEME C
      :COAF C ?
    23G
    22F
    98[ACE] ?
      :PREP ACE ?
    block A1 LINK *
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20C
    end
  end
  block B USECU ?
    95[PR] ?
    97[ACD]
    94[BCF] ?
    35B ?
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F ?
      12[AC] ?
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,4}
      36[BD] {0,2}
    end
    93[BCEF] *
  end
  block C ADDINFO
    70[EF] *
    95[PQR] {0,2}
  end

message 569 "Triparty Collateral and Exposure Statement"
  block A GENL
    28E
    13A ?
    20C
    23G
    98[ACE] ?
      :PREP ACE ?
    22[FH] {2,3}
    block A1 COLLPRTY *
      95[LPQR] {1,2}
      97[ABD] ?
    end
    block A2 LINK *
      13[AB] ?
        :LINK AB ?
      20C
    end
  end
  block B SUMM
    19A {2,10}
    92A ?
    25D ?
    98[AC]
    70E ?
  end
  block C SUME +
    22[FH] {1,2}
    19A {2,11}
    92A ?
    25D ?
    block C1 SUMC *
      13B *
      95[LPQR] {1,4}
      19A {2,11}
      92A ?
      25D ?
      block C1a TRANSDET +
        20[CU] {1,4}
        94[BL] ?
        98[ABC] {2,2}
        19A {2,11}
        22F {0,2}
        92[AC] {0,3}
        25D {0,2}
        block C1a1 VALDET *
          17B {2,2}
          98[AC] ?
          19A {1,8}
          92[AB] {2,2}
          99[AB] {0,2}
          22F ?
          block C1a1A SECDET *
            35B
            36[BD]
            95[LPQR] {0,2}
            97[ABD] ?
            25D ?
            11A ?
            90[AB] ?
            94B {0,2}
            70C ?
          end
        end
      end
    end
  end
  block D ADDINFO *
    19A {0,2}
    95[PQR] {0,2}
  end

message 575 "Report of Combined Activity"
  block A GENL
    28E
    13A ?
    20C
    23G
    98[AC] ?
      :PREP AC ?
    69[AB]
    22F {0,2}
    block A1 LINK *
      13[AB] ?
        :LINK AB ?
      20C
    end
    95[LPR] {0,2}
    97[ABD] ?
    17B
  end
  block B CASHACCT *
    95[LPR] {0,2}
    97[AE]
    block B1 ACTCURR +
      11A
      17B
      93D {2,2}
      block B1a ACTINFO *
        block B1a1 LINK +
          13[AB] ?
            :LINK AB ?
          20[CU]
        end
        block B1a2 CASHDET ?
          19A
          36[BD] ?
          35B ?
          22[FH] {2,3}
          98[ABC]
          70E ?
        end
        block B1a3 CASHSECDET ?
          97[ABD] ?
          19A {1,3}
          36[BD]
          99A ?
          35B
          22[FH] {2,65535}
          98[ABC] {1,3}
          25D ?
          70E ?
        end
        block B1a4 SETPRTY *
          95[CLPQR] {1,2}
          97[ABD] ?
        end
      end
    end
  end
  block C FREEASS *
    block C1 LINK +
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
    block C2 TRANSDET ?
      95[LPR] {0,2}
      97[ABD] ?
      36[BD]
      99A ?
      35B
      22[FH] +
      98[ABC] {1,3}
      25D ?
      70E ?
      block C2a SETPRTY ?
        95[CLPQR] {1,2}
        97[ABD] ?
      end
    end
  end
  block D ADDINFO ?
    95[PQR] {0,2}
  end

message 576 "Statement of Open Orders"
  block A GENL
    28E
    13A ?
    20C
    23G
    98[ACE] {1,2}
    block A1 LINK *
      13[AB] ?
        :LINK AB ?
      20C
    end
    95[LPR] {0,2}
    97[ABD] ?
    17B
  end
  block B FIN *
    35B
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,11}
      92A {0,7}
      13[AB] {0,4}
      17B {0,7}
      90[AB] {0,2}
      36[BD] {0,3}
      70E ?
    end
    block B2 ORDER *
      98[AC] ?
      36[BD] {0,2}
      19A {0,2}
      11A ?
      block B2a LINK *
        13[AB] ?
          :LINK AB ?
        20C
      end
      block B2b PRIC *
        90[AB]
        22F ?
      end
      22[FH] {2,65535}
      98[AC] {0,2}
      block B2c TRADPRTY *
        95[LPQRS] +
        97[ABD] ?
        98[AC] ?
        20C ?
        70[CE] {0,2}
        22F ?
      end
    end
  end
  block C ADDINFO ?
    95[PQR] {0,2}
  end

message 578 "Settlement Allegement"
  block A GENL
    20C
      :SEME C
    23G
    98[ACE] ?
      :PREP ACE ?
    block A1 LINK *
      22F ?
        :LINK F ?
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
  end
  block B TRADDET
    94[BHL] *
    98[ABC] {1,2}
    90[AB] ?
    99A ?
    35B
    block B1 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,7}
      13[AB] {0,2}
      17B {0,3}
      90[AB] {0,2}
      36[BD] {0,2}
      70E ?
    end
    22[FH] {2,65535}
  end
  block C FIAC
    36[BD]
    70D ?
    95[LPR] {0,2}
    97[ABDE] {1,2}
    94[BCFL] *
    block C1 BREAK *
      13B ?
      36[BD] ?
      98[ACE] ?
      90[AB] ?
      22F ?
    end
  end
  block D REPO ?
    98[ABC] ?
    22F {0,4}
    20C {0,2}
    92[AC] {0,3}
    99B ?
    19A {0,2}
    70C ?
  end
  block E SETDET
    22F +
    block E1 SETPRTY +
      95[CLPQRS] +
        :BUYR LPQR ?
        :DEAG LPQR ?
        :DECU LPQR ?
        :DEI1 LPQR ?
        :DEI2 LPQR ?
        :PSET CLPQR ?
        :REAG LPQR ?
        :RECU LPQR ?
        :REI1 LPQR ?
        :REI2 LPQR ?
        :SELL LPQR ?
        :ALTE S ?
      97[ABD] ?
      98[AC] ?
      20C ?
      70[CDE] {0,3}
    end
    block E2 CSHPRTY *
      95[LPQRS] +
      97[AE] {0,4}
      70[CE] {0,2}
    end
    block E3 AMT *
      19A {1,2}
      98[AC] ?
      92B ?
        :EXCH B ?
    end
  end
  block F ADDINFO *
    95[CLPQR] {0,8}
  end
  rule E62 each E3 : if 92B:EXCH then 19A:RESU | the resulting amount (19A RESU), because there is an exchange rate (92B EXCH)
  rule E62 each E3 : if 19A:RESU then 92B:EXCH | the exchange rate (92B EXCH) that leads to the resulting amount (19A RESU)

message 581 ""
  20
  21
  23
  30 ?
  35H
  35B ?
  80C
  34B ?
  72 ?

message 586 "Statement of Settlement Allegements"
  block A GENL
    28E
    13[AJ] ?
    20C ?
    23G
    98[ACE] {1,2}
    22F {0,2}
    block A1 LINK *
      13[AB] ?
        :LINK AB ?
      20C
    end
    95[LPQR] {0,2}
    97[ABD]
    17B
  end
  block B ALLDET *
    block B1 LINK *
      13[AB] ?
        :LINK AB ?
      20[CU]
    end
    25D ?
    block B2 REAS *
      24B
      70D ?
        :REAS D ?
    end
    94[BHL] *
    98[ABC] {1,2}
    90[AB] ?
    99A ?
    35B
    block B3 FIA ?
      94B ?
        :PLIS B ?
      22F {0,5}
      12[ABC] {0,3}
      11A ?
        :DENO A ?
      98A {0,9}
      92A {0,7}
      13[AB] {0,2}
      17B {0,3}
      90[AB] {0,2}
      36[BD] {0,2}
      70E ?
    end
    22[FH] {2,65535}
    block B4 FIAC
      36[BD]
      70D ?
      97[AE] ?
      94[BCFL] *
      block B4a BREAK *
        13B ?
        36[BD] ?
        98[ACE] ?
        90[AB] ?
        22F ?
      end
    end
    block B5 REPO ?
      98[ABC] ?
      22F {0,4}
      20C {0,2}
      92[AC] {0,3}
      99B ?
      19A {0,2}
      70C ?
    end
    block B6 SETDET
      22F +
      block B6a SETPRTY +
        95[CLPQRS] +
          :BUYR LPQR ?
          :DEAG LPQR ?
          :DECU LPQR ?
          :DEI1 LPQR ?
          :DEI2 LPQR ?
          :PSET CLPQR ?
          :REAG LPQR ?
          :RECU LPQR ?
          :REI1 LPQR ?
          :REI2 LPQR ?
          :SELL LPQR ?
          :ALTE S ?
        97[ABD] ?
        98[AC] ?
        20C ?
        70[CDE] {0,3}
      end
      block B6b AMT *
        19A {1,2}
        98[AC] ?
        92B ?
          :EXCH B ?
      end
    end
  end
  block C ADDINFO *
    95[CLPQRS] *
  end
