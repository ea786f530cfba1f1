// Child process: node worker-process.mjs MODULE. Calls exports of the module by name.
const module = import(process.argv[2]);

process.on('message', async ({ id, name, argument }) => {
  try {
    process.send({ id, value: await (await module)[name](argument) });
  } catch (error) {
    process.send({ id, error: error.message });
  }
});
process.on('disconnect', () => process.exit(0));
