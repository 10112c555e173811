/** How many cases each fuzz test tries: 2,000, or what `SEEDBANK_FUZZ_RUNS` says, such as 100,000 at night. */
export const FUZZ_RUNS = Number(process.env['SEEDBANK_FUZZ_RUNS'] ?? 2000)
