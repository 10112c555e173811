import { describe, expect, test } from 'vitest'
import { parseBandwidthWindow, parseBytes, parseRate } from '../../src/cli/parse-bandwidth.ts'
import { listOf } from '../../src/cli/setting-parsers.ts'

describe('a size', () => {
  test.each([
    ['0', 0],
    ['500kB', 500_000],
    ['1.5 GiB', 1_610_612_736],
    ['9007TB', 9_007_000_000_000_000],
  ])('%s', (text, bytes) => {
    expect(parseBytes(text)).toEqual({ ok: true, value: bytes })
  })

  test.each(['', 'GB', '-1', '1e9', '5kb', '5 kB/s', '10000TB', '1,5GB'])('not %o', (text) => {
    expect(parseBytes(text)).toEqual({ ok: false, error: 'a size, like 500MB, 20GB or 1TiB' })
  })
})

describe('a rate', () => {
  test.each([
    ['10kB/s', 10_000],
    ['2MB/s', 2_000_000],
    ['10240', 10_240],
  ])('%s', (text, rate) => {
    expect(parseRate(text)).toEqual({ ok: true, value: rate })
  })

  test.each(['9999', '0', 'fast', '2MB/min'])('not %o', (text) => {
    expect(parseRate(text)).toMatchObject({ error: 'a rate of 10kB/s or more, like 500kB/s or 2MB/s' })
  })
})

describe('a window of the schedule', () => {
  const every = [0, 1, 2, 3, 4, 5, 6]
  test.each([
    ['08:00-18:00 up=500kB/s', { weekdays: every, from: 480, to: 1080, limits: { uploadBytesPerSecond: 500_000 } }],
    ['sat 00:00-24:00 up=none', { weekdays: [6], from: 0, to: 1440, limits: { uploadBytesPerSecond: null } }],
    [
      'fri-mon 22:30-06:00 down=1MB/s up=20000',
      {
        weekdays: [5, 6, 0, 1],
        from: 1350,
        to: 360,
        limits: { uploadBytesPerSecond: 20_000, downloadBytesPerSecond: 1_000_000 },
      },
    ],
  ])('%s', (text, window) => {
    expect(parseBandwidthWindow(text)).toEqual({ ok: true, value: window })
  })

  test.each([
    '08:00-18:00',
    '8-18 up=500kB/s',
    '24:00-08:00 up=500kB/s',
    '08:00-25:00 up=500kB/s',
    'mon-foo 08:00-09:00 up=500kB/s',
    '08:00-09:00 left=500kB/s',
    '08:00-09:00 up=1',
  ])('not %o', (text) => {
    expect(parseBandwidthWindow(text)).toMatchObject({ ok: false })
  })

  test('several have a comma between them', () => {
    const schedule = listOf(parseBandwidthWindow)('08:00-18:00 up=500kB/s, 23:00-06:00 up=none')
    expect(schedule).toMatchObject({ ok: true, value: [{ from: 480 }, { from: 1380 }] })
  })
})
