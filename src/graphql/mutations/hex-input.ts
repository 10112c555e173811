import { inputError } from '../scalars/input-error.ts'

/**
 * Bytes of a fixed length, as a client sent them.
 *
 * @throws An input error for any other length.
 */
export function fixedHex(argument: string, value: string | null | undefined, bytes: number): string | null {
  if (value == null) return null
  if (value.length === bytes * 2) return value
  throw inputError(argument, `Argument "${argument}" must be ${bytes} bytes, found ${value.length / 2}.`)
}
