//! Whether the user takes part in a person's care (PDL 4:1, SVOD 3:2). What shows it by itself asks
//! nothing; who lacks it is asked for a reason (AC10).
