"""会场: the big screen, the voting devices, scrutineers and the registrar. Known by the hall's network and by keys."""
