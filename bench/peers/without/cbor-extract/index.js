// cbor-x goes on without its native decoder where there is none.
module.exports = null;
