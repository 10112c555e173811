import type { ArchiveId } from '../../domain/archive.ts'
import type { ContentTopic } from '../../domain/content-topic.ts'
import type { UnixSeconds } from '../../domain/time.ts'

/** An archive as the index of its control node names it. */
export interface IndexedArchive {
  readonly id: ArchiveId
  readonly from: UnixSeconds
  /** The first second that is not in it. */
  readonly to: UnixSeconds
  readonly contentTopics: readonly ContentTopic[]
}

/** Where the control node's history is known as a whole: what is in none of its archives is not part of it. */
export interface CanonicalRange {
  readonly from: UnixSeconds
  readonly to: UnixSeconds
  readonly topics: readonly ContentTopic[]
}

/** Seconds: in at `from`, out at `to`. */
type TimeRange = Pick<CanonicalRange, 'from' | 'to'>

/**
 * Finds where archives that were just imported, alone or with those imported before, tell the whole history.
 *
 * An archive's range is known as a whole once every archive of the index that has a second in common with it is
 * imported. So an archive can complete the ranges of its neighbours. An archive without a second has no range.
 *
 * @param index All archives that the index names.
 * @param justImported Those whose neighbourhood to look at.
 * @returns Ranges without a common second and topic.
 */
export function findCanonicalRanges(
  index: readonly IndexedArchive[],
  isImported: (id: ArchiveId) => boolean,
  justImported: ReadonlySet<ArchiveId>,
): readonly CanonicalRange[] {
  const imported = mergeRanges(index.filter(({ id }) => justImported.has(id)))
  const near = index.filter((archive) => overlapsAny(archive, imported))
  const reach = mergeRanges(near)
  const missing = mergeRanges(index.filter((archive) => overlapsAny(archive, reach) && !isImported(archive.id)))
  return separate(near.filter((archive) => !overlapsAny(archive, missing)))
}

/** Cuts ranges so that no topic is twice in a second, and joins topics whose ranges are the same. */
function separate(ranges: readonly IndexedArchive[]): readonly CanonicalRange[] {
  const ofTopics = new Map<ContentTopic, TimeRange[]>()
  for (const { contentTopics, from, to } of ranges) {
    for (const topic of contentTopics) entryOf(ofTopics, topic).push({ from, to })
  }
  const sharing = new Map<string, ContentTopic[]>()
  const merged = [...ofTopics].map(([topic, all]) => [topic, mergeRanges(all)] as const)
  for (const [topic, times] of merged) entryOf(sharing, JSON.stringify(times)).push(topic)
  return [...sharing].flatMap(([times, topics]) =>
    (JSON.parse(times) as readonly TimeRange[]).map(({ from, to }) => ({ from, to, topics })),
  )
}

/** The seconds of all ranges as rising ones that do not touch. */
function mergeRanges(ranges: readonly TimeRange[]): readonly TimeRange[] {
  const merged: TimeRange[] = []
  for (const { from, to } of ranges.toSorted((one, other) => one.from - other.from)) {
    const last = merged.at(-1)
    if (from >= to) continue
    if (last === undefined || last.to < from) merged.push({ from, to })
    else if (last.to < to) merged[merged.length - 1] = { from: last.from, to }
  }
  return merged
}

/** @param ranges Merged ones. */
function overlapsAny({ from, to }: TimeRange, ranges: readonly TimeRange[]): boolean {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((ranges[middle]?.to ?? 0) > from) high = middle
    else low = middle + 1
  }
  const first = ranges[low]
  return first !== undefined && from < to && first.from < to
}

function entryOf<Key, Item>(all: Map<Key, Item[]>, key: Key): Item[] {
  const entry = all.get(key) ?? []
  all.set(key, entry)
  return entry
}
