"""联系群众: stations and their days, codes on the wall, who is whose deputy, pairings, duty files, learning, and
residents' opinions taken at stations and through deputies (M34–M36, M49–M56, M59; R7.20–R7.22, R8.01–R8.18)."""
