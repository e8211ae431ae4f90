"""会议: calling, agenda, papers, presence, leave, 列席, 旁听 and its draw, the speaking list, motions, minutes."""
