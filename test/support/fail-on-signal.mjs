// Loaded into a process before its program: a fault that nobody catches, when a test asks for one.
process.on('SIGUSR2', () => {
  void Promise.reject(new Error('Nobody caught this, and it shows access_token=c2VjcmV0LW9m'))
})
