import { expect, test } from 'vitest'
import { describeFault } from '../../src/cli/describe-fault.ts'

test('a fault is described by its message and those of its causes', () => {
  const cause = new Error('Cannot open "x"', { cause: new Error('the disk is gone\n  for good') })
  expect(describeFault(new Error('Cannot start', { cause }))).toBe(
    'Cannot start: Cannot open "x": the disk is gone for good',
  )
})

test('what a message says already is not said twice', () => {
  expect(describeFault(new Error('Cannot open "x": gone', { cause: new Error('gone') }))).toBe('Cannot open "x": gone')
})

test('what failed first is told before what failed while all was ended', () => {
  const fault = new SuppressedError(new Error('Cannot close'), new Error('Cannot start'))
  expect(describeFault(fault)).toBe('Cannot start; and after that: Cannot close')
})

test('what is no error is told as it is', () => {
  expect(describeFault('a text')).toBe('a text')
})
