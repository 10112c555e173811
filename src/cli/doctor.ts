import type { Command } from 'commander'
import type { Finding } from '../app/doctor/finding.ts'
import { addSettings, settingsOf } from './parse-settings.ts'

/** Exit codes: 0 nothing is bad, though something may be warned of; 1 something is bad. */
export function addDoctorCommand(program: Command): void {
  const command = program
    .command('doctor')
    .description('Examines settings, machine, data directory and ports, also while a node runs, and says what to do.')
    .option('--json', 'print what was found as JSON', false)
  addSettings(command).action(async ({ json }: { readonly json: boolean }) => {
    process.exitCode = await examine(command, json)
  })
}

async function examine(command: Command, json: boolean): Promise<0 | 1> {
  const read = settingsOf(command, process.env)
  const findings = read.ok
    ? [...settingsFindings('WARNING', read.value.warnings)]
    : settingsFindings('BAD', read.error.lines)
  if (read.ok) {
    // Loaded only where it is needed: wrong settings are told at once.
    const { examineNode } = await import('../app/doctor/examine-node.ts')
    findings.push(...(await examineNode(read.value.settings)))
  }
  const isBad = findings.some(({ result }) => result === 'BAD')
  if (json) console.log(JSON.stringify({ good: !isBad, findings }, null, 2))
  else for (const finding of findings) console.log(describeFinding(finding))
  return isBad ? 1 : 0
}

/** Settings that are wrong are what is examined first. */
function settingsFindings(result: 'WARNING' | 'BAD', lines: readonly string[]): Finding[] {
  if (lines.length === 0) return [{ check: 'settings', result: 'GOOD', found: 'all are right', advice: null }]
  const advice = result === 'BAD' ? 'mend it: nothing else was examined' : 'unset it, if it is not for another program'
  return lines.map((found) => ({ check: 'settings', result, found, advice }))
}

const MARKS = { GOOD: 'good   ', WARNING: 'warning', BAD: 'bad    ' } as const

/** A finding in a line, and what to do in another. */
export function describeFinding({ check, result, found, advice }: Finding): string {
  const line = `${MARKS[result]}  ${check.padEnd(14)}  ${found}`
  return advice === null ? line : `${line}\n${' '.repeat(25)}→ ${advice}`
}
