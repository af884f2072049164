//! Who may do what, as Cedar policies that a lawyer can read.
