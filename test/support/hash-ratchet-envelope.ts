import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** What existing members make of a ciphertext: a ProtocolMessage with one EncryptedMessageProtocol and its HRHeader. */
export function hashRatchetEnvelope(ciphertext: Uint8Array): Uint8Array {
  const writer = new BinaryWriter()
  writer.tag(2, WireType.LengthDelimited).string('5f8a2b0c-0000-4000-8000-00000000cafe')
  writer.tag(101, WireType.LengthDelimited).fork()
  writer.tag(1, WireType.LengthDelimited).string('none')
  writer.tag(2, WireType.LengthDelimited).fork()
  writer.tag(3, WireType.LengthDelimited).bytes(ciphertext)
  writer.tag(102, WireType.LengthDelimited).fork()
  writer.tag(2, WireType.Varint).uint32(7)
  writer.tag(3, WireType.LengthDelimited).bytes(new Uint8Array(33).fill(2))
  return writer.join().join().join().finish()
}
