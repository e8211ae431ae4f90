"""What machines find in the opinions of a consultation: look-alikes and topics. Everything here can be dropped and made anew."""
