/** The parts of HPKE (SPEC §3.6) by WebCrypto, which Node has them all in. */
export {
  AEAD_ChaCha20Poly1305 as chacha20Poly1305,
  KDF_HKDF_SHA256 as hkdfSha256,
  KEM_DHKEM_X25519_HKDF_SHA256 as dhkemX25519,
  KEM_MLKEM768_X25519 as mlkem768X25519
} from 'hpke'
