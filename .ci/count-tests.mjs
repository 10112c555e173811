// Adds up the reports of vitest in a folder, prints one line, and fails where a test failed or none ran.
// Plain JavaScript, so that it also runs where the project's own Node could not be installed.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder = 'reports'] = process.argv.slice(2)
const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : []

const count = { passed: 0, failed: 0, skipped: 0 }
for (const file of files) {
  for (const { status, assertionResults } of JSON.parse(readFileSync(join(folder, file), 'utf8')).testResults) {
    const tests = assertionResults.map((test) => test.status)
    const passed = tests.filter((each) => each === 'passed').length
    const failed = tests.filter((each) => each === 'failed').length
    count.passed += passed
    count.skipped += tests.length - passed - failed
    // A file that could not be loaded has no tests, and has failed all the same.
    count.failed += status === 'failed' ? Math.max(1, failed) : failed
  }
}

console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0
