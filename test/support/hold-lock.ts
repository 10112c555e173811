import { acquireDataDirectoryLock } from '../../src/events/data-directory-lock.ts'

// Run as a process of its own: tells its parent whether it has the lock of the directory, and lives until it is killed.
const lock = acquireDataDirectoryLock(process.argv[2] ?? '')
process.send?.(lock.ok ? 'locked' : lock.error.type)
setInterval(() => lock, 60_000)
