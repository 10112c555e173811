import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** An index of entries that no encoder would write. */
export function rawIndex(...entries: readonly (readonly [id: string, metadata: Uint8Array])[]): Uint8Array {
  const writer = new BinaryWriter()
  for (const [id, metadata] of entries) {
    writer.tag(1, WireType.LengthDelimited).fork()
    writer.tag(1, WireType.LengthDelimited).string(id)
    writer.tag(2, WireType.LengthDelimited).bytes(metadata)
    writer.join()
  }
  return writer.finish()
}
