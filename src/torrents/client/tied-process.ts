// Loaded before all else of the torrent client's process, whose other modules take a good part of a second: in that time too,
// it must neither outlive the main process nor end where the main process is told to stop.

// Not by `exit`, which would first wait for reads that a disk does not answer, with the port still taken.
const end = (): boolean => process.kill(process.pid, 'SIGKILL')
process.once('disconnect', end)
if (!process.connected) end()
// A terminal sends these to both processes; the main one says when it is time.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
