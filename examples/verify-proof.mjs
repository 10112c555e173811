// Checks what `seedbank prove <position> --json` printed, without Seedbank:
//   node verify-proof.mjs proof.json <public key of the node: 64 hex digits, or as `seedbank checkpoint` printed it>
import { createPublicKey, hash, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'

const demand = (isSo, otherwise) => isSo || process.exit(console.error(`Not proven: ${otherwise}`) ?? 1)
process.on('uncaughtException', () => demand(false, 'the file holds no proof, or the key is none'))
const sha256 = (...parts) => hash('sha256', Buffer.concat(parts.map((part) => Buffer.from(part))), 'buffer')
const [file, publicKey] = process.argv.slice(2)
demand(publicKey, 'name the file of the proof, and the public key')
const { size, index, text, path, note } = JSON.parse(readFileSync(file, 'utf8'))

// The event leads to a root (RFC 9162, section 2.1.3.2).
let [node, at, last] = [sha256([0], text), index, size - 1]
for (const sibling of path.map((hex) => Buffer.from(hex, 'hex'))) {
  const isRight = at % 2 === 1 || at === last
  node = isRight ? sha256([1], sibling, node) : sha256([1], node, sibling)
  for (; isRight && at % 2 === 0 && at > 0; at /= 2) last = Math.floor(last / 2)
  at = Math.floor(at / 2)
  last = Math.floor(last / 2)
}
const [position, stream, , , type, , recordedAt] = JSON.parse(text)
demand(at === 0 && last === 0 && position === index + 1, `it is not event ${index + 1} of ${size}`)

// The root is that of a note (c2sp.org/tlog-checkpoint), which the key signed (c2sp.org/signed-note).
demand(note !== null, 'no note of this size was signed')
const [body, signatureLine] = note.split(/(?<=\n)\n(?=— [^\n]+\n$)/)
const [origin, signedSize, root] = body.split('\n')
demand(Number(signedSize) === size && root === node.toString('base64'), 'the note says another root')
const [, base64] = /^[^+]+\+[0-9a-f]{8}\+(.*)$/.exec(publicKey) ?? []
const keyBytes = base64 ? Buffer.from(base64, 'base64').subarray(1) : Buffer.from(publicKey, 'hex')
const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), keyBytes]) // RFC 8410
const signature = Buffer.from(signatureLine.split(' ')[2], 'base64').subarray(4)
const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
demand(verify(null, Buffer.from(body), key, signature), 'the note is not signed by that key')
const when = new Date(recordedAt).toJSON()
console.log(`Event ${position} of the first ${size} of ${origin} is ${type} in ${stream}, recorded at ${when}`)
