/**
 * A self-signed certificate for one IPv4 address, ECDSA P-256, two days: enough for a TLS server on loopback. Node
 * reads certificates but makes none, and openssl is not on every machine, so the few DER structures are written here.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

const oid = {
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  commonName: [0x55, 0x04, 0x03],
  subjectAltName: [0x55, 0x1d, 0x11]
}
const tag = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, text: 0x0c, time: 0x17, sequence: 0x30, set: 0x31 }

function der(type: number, ...parts: readonly (Uint8Array | readonly number[])[]): Buffer {
  const body = Buffer.concat(parts.map(part => Uint8Array.from(part)))
  const n = body.byteLength
  const length = n < 0x80 ? [n] : n < 0x100 ? [0x81, n] : [0x82, n >> 8, n & 0xff]
  return Buffer.concat([Uint8Array.from([type, ...length]), body])
}

function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14)
  return der(tag.time, Buffer.from(`${digits}Z`))
}

const dayMs = 86_400_000

/** PEM texts of a fresh key and its certificate. */
export function selfSigned(address: string): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const algorithm = der(tag.sequence, der(tag.oid, oid.ecdsaWithSha256))
  const name = der(
    tag.sequence,
    der(tag.set, der(tag.sequence, der(tag.oid, oid.commonName), der(tag.text, Buffer.from(address))))
  )
  const alternative = der(tag.sequence, der(0x87, address.split('.').map(Number)))
  const extension = der(tag.sequence, der(tag.oid, oid.subjectAltName), der(tag.octets, alternative))
  const now = Date.now()
  const serial = randomBytes(8)
  serial[0] = 0x01 // positive and without a leading zero
  const body = der(
    tag.sequence,
    der(0xa0, der(tag.integer, [2])), // version 3
    der(tag.integer, serial),
    algorithm,
    name,
    der(tag.sequence, utcTime(now - dayMs), utcTime(now + dayMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(tag.sequence, extension))
  )
  const signature = sign('sha256', body, privateKey)
  const certificate = der(tag.sequence, body, algorithm, der(tag.bits, [0], signature))
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
  }
}
