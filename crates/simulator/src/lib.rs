//! Many tablets, several server processes, bad networks, crashes and clocks, from one seed.
//!
//! Everything that ships runs here as it ships: the tablets are whole companions on encrypted
//! databases, and the server is the whole server behind its HTTP paths. What surrounds them is
//! simulated: the disk under SQLite, the network, the server's database, clocks and chance. One
//! seed is one run, always the same: nothing here asks the machine's clock, and whatever could move
//! at the same time moves one after the other, in an order that the seed decides.
//!
//! [`steps`] are what happens, `perform` lets it happen, [`act`] is what people do; [`witness`]
//! remembers what tablets said was saved, and `judge` holds everybody to it in the end. [`plant`]
//! holds bugs that must be found, and [`shrink`] makes a story that found one shorter.

pub mod act;
pub mod chains;
pub mod chance;
pub mod drive;
pub mod gate;
pub mod jobs;
mod judge;
pub mod letters;
pub mod network;
mod perform;
pub mod plant;
mod shared;
pub mod shrink;
pub mod site;
pub mod steps;
pub mod struck;
pub mod tablet;
pub mod tale;
pub mod time;
pub mod witness;
pub mod world;
