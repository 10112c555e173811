import { readFile } from 'node:fs/promises'
import { parsePersistedOperations, type PersistedOperations } from '../../graphql/limits/persisted-operations.ts'

/** The file of persisted operations cannot be read, or is no good. */
export class PersistedOperationsUnusable extends Error {
  override readonly name = 'PersistedOperationsUnusable'
}

/**
 * Reads the documents that clients may ask for by their hash.
 *
 * @throws PersistedOperationsUnusable, with a message for the operator.
 */
export async function readPersistedOperations(path: string): Promise<PersistedOperations> {
  const parsed = parsePersistedOperations(await readText(path))
  if (parsed.ok) return parsed.value
  throw unusable(path, parsed.error.reason)
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw unusable(path, cause instanceof Error ? cause.message : String(cause))
  }
}

function unusable(path: string, reason: string): PersistedOperationsUnusable {
  return new PersistedOperationsUnusable(
    `Cannot use the persisted operations of ${path}: ${reason}. Mend the file, or set SEEDBANK_PERSISTED_OPERATIONS=none`,
  )
}
