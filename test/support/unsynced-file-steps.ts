import { nodeFileSteps, type FileSteps } from '../../src/archives/file-steps.ts'

/** Real steps without their syncs: nobody sees one while the power stays on, and it takes time. */
export const UNSYNCED: FileSteps = { ...nodeFileSteps, sync: () => undefined, syncFolder: () => undefined }
