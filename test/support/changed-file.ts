import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'

/** Changes one byte of a file in place and sets its times back to the nanosecond, as far as a program can. */
export function flipByteUnseen(path: string, at: number): void {
  const before = `${path}.before`
  execFileSync('cp', ['-p', path, before])
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  writeFileSync(path, bytes)
  execFileSync('touch', ['-r', before, path])
  rmSync(before)
}
