/** Prints a line for each target of a campaign, and the total. */
export class FuzzReporter {
  #seed;
  #executions = 0;
  #ms = 0;
  #targets = 0;

  constructor(seed) {
    this.#seed = seed;
  }

  onInit() {
    this.#print('target', 'executions', 'per second', 'seed', 'kept');
  }

  onTestCaseResult(test) {
    const { fuzz: report } = test.meta();
    const { errors = [], state } = test.result();
    if (report !== undefined) {
      const { executions, kept, ms } = report;
      this.#executions += executions;
      this.#ms += ms;
      this.#targets++;
      this.#print(test.name, executions, Math.round((executions / ms) * 1000), this.#seed, kept);
    } else if (state === 'passed') process.stdout.write(`${test.name} holds\n`);
    for (const { cause, message, stack } of errors)
      process.stdout.write(`${test.name} FAILS\n${message}\n${cause?.stack ?? stack}\n`);
  }

  onTestModuleEnd(module) {
    for (const { message, stack } of module.errors())
      process.stdout.write(`${module.moduleId} FAILS\n${message}\n${stack ?? ''}\n`);
  }

  onTestRunEnd(_modules, unhandled) {
    for (const { message, stack } of unhandled)
      process.stdout.write(`${message}\n${stack ?? ''}\n`);
    const perSecond = Math.round((this.#executions / this.#ms) * 1000) || 0;
    this.#print(`${this.#targets} targets`, this.#executions, perSecond, this.#seed, '');
    process.stdout.write(`node ${process.version}\n`);
  }

  #print(name, executions, perSecond, seed, kept) {
    const columns = [executions, perSecond, seed, kept].map((text) => String(text).padStart(12));
    process.stdout.write(`${name.padEnd(32)}${columns.join('')}\n`);
  }
}
