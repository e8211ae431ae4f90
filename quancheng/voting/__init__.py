"""表决和测评: what is put to a vote, who may vote, in four modes; counting and the result; polls that only advise."""
