import { Option } from 'commander'
import { err, ok, type Result } from '../domain/result.ts'
import { SETTINGS } from './setting-definitions.ts'

/** The flag of a command that works on a data directory and needs no other setting. */
export function createDataDirOption(): Option {
  return new Option('--data-dir <folder>', SETTINGS.dataDir.description)
    .env('SEEDBANK_DATA_DIR')
    .default(SETTINGS.dataDir.default)
}

/** @returns An absolute path; refused with a line for the operator. */
export function parseDataDir(text: string): Result<string, string> {
  const dataDir = SETTINGS.dataDir.parse(text)
  return dataDir.ok ? ok(dataDir.value) : err(`--data-dir is ${JSON.stringify(text)}, but must be ${dataDir.error}`)
}
