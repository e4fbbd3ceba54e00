// Loaded before a program that the launcher started in a process of its own: a launcher that was killed can pass no
// signal on, and would leave the program behind with nobody who knows of it. So the program then ends as if told to.
if (process.channel) {
  process.once('disconnect', () => {
    if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(143);
  });
  process.channel.unref();
}
