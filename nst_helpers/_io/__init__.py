"""Files and the machine: everything that meets what is not ours. Learners need not read it."""
