"""A large picture in pieces: the losses of a whole picture and their exact gradient, in the memory of one tile."""
