/** Methods of an array that look at its elements. */
const ARRAY_METHODS = [
  'every',
  'filter',
  'find',
  'findIndex',
  'flatMap',
  'forEach',
  'includes',
  'indexOf',
  'map',
  'reduce',
  'slice',
  'some',
] as const;

const ITERATORS: readonly Iterator<unknown>[] = [
  new Map().entries(),
  new Set().values(),
  [][Symbol.iterator](),
].map((iterator): Iterator<unknown> => Object.getPrototypeOf(iterator));

/**
 * Number of elements of maps, sets and arrays that are looked at while `action` runs: by iteration,
 * or by a method of an array. What is found by its key or index is not counted.
 */
export function stepsOf(action: () => unknown): number {
  let steps = 0;
  const undo: (() => void)[] = [];
  for (const iterator of ITERATORS) {
    const { next } = iterator;
    undo.push(() => Object.assign(iterator, { next }));
    iterator.next = function (this: Iterator<unknown>): IteratorResult<unknown> {
      steps += 1;
      return next.call(this);
    };
  }
  for (const name of ARRAY_METHODS) {
    const method: unknown = Array.prototype[name];
    if (typeof method !== 'function') continue;
    undo.push(() => Object.assign(Array.prototype, { [name]: method }));
    const counting = function (this: unknown[], ...parameters: unknown[]): unknown {
      steps += this.length;
      return Reflect.apply(method, this, parameters);
    };
    Object.defineProperty(Array.prototype, name, { value: counting });
  }
  try {
    const before = steps;
    action();
    return steps - before;
  } finally {
    for (const restore of undo) restore();
  }
}
