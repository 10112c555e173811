import type { EndedVerification } from '../app/verification/verify-files.ts'

type Version = EndedVerification['versions'][number]
type Damage = NonNullable<Version['damage']>

/** What was checked, damaged and mended of a community, in lines for the operator. */
export function describeVerification({ communityId, versions }: EndedVerification): readonly string[] {
  if (versions.length === 0) return [`${communityId}: the check was stopped before it began`]
  return [communityId, ...versions.flatMap((version) => describeVersion(version)).map((line) => `  ${line}`)]
}

function describeVersion({ infoHash, pieces, damage, mended, remaining, code }: Version): readonly string[] {
  const checked = pieces === null ? `cannot be checked: ${code}` : `${pieces} pieces checked, `
  if (damage === null) return [`${infoHash}: ${checked}${pieces === null ? '' : 'all whole'}`]
  return [
    `${infoHash}: ${checked}${damage.pieceCount} damaged`,
    ...describeDamage(damage).map((line) => `  damaged: ${line}`),
    ...mended.map(({ part, archiveId, pieces: written, source }) => {
      const what = archiveId === null ? nameOf(part) : `archive ${archiveId}`
      return `  mended: ${what}, ${written} pieces written, from ${source.toLowerCase()}`
    }),
    ...(remaining === null ? [] : describeDamage(remaining).map((line) => `  still damaged: ${line}`)),
    ...(code === null ? [] : [`  not finished: ${code}`]),
  ]
}

function describeDamage({ pieces, pieceCount, archives, index, torrentFile }: Damage): readonly string[] {
  const ranges = pieces.map(({ from, to }) => (to - from === 1 ? String(from) : `${from}-${to - 1}`))
  const named = pieces.reduce((sum, { from, to }) => sum + to - from, 0)
  const more = pieceCount > named ? ` and ${pieceCount - named} more` : ''
  return [
    ...archives.map((id) => `archive ${id}`),
    ...(index ? ['index'] : []),
    ...(torrentFile ? ['torrent file'] : []),
    ...(ranges.length > 0 ? [`pieces ${ranges.join(', ')}${more}`] : []),
  ]
}

function nameOf(part: Version['mended'][number]['part']): string {
  return part.toLowerCase().replace('_', ' ')
}
