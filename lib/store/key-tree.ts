import { compareUtf8 } from './object-key.ts';

/** Keys by folder, so that listing a prefix looks at what lies below it and at nothing else. */
export interface KeyTree {
  add(key: string): void;
  remove(key: string): void;
  /** Keys that start with `prefix`, in UTF-8 order. A folder is looked at when the walk comes to it. */
  under(prefix: string): Generator<string>;
}

export function keyTree(): KeyTree {
  /** Path of a folder ("" or "a/b/") → names in it: of objects bare, of folders with "/" at the end. */
  const folders = new Map<string, Set<string>>();

  const add = (path: string): void => {
    const [folder, name] = split(path);
    const names = folders.get(folder);
    if (names) return void names.add(name);
    folders.set(folder, new Set([name]));
    if (folder !== '') add(folder);
  };

  const remove = (path: string): void => {
    const [folder, name] = split(path);
    const names = folders.get(folder);
    if (!names?.delete(name) || names.size > 0) return;
    folders.delete(folder);
    if (folder !== '') remove(folder);
  };

  function* walk(folder: string, start: string): Generator<string> {
    const names = [...(folders.get(folder) ?? [])].filter((name) => name.startsWith(start));
    for (const name of names.sort(compareUtf8)) {
      if (name.endsWith('/')) yield* walk(folder + name, '');
      else yield folder + name;
    }
  }

  return {
    add,
    remove,
    under(prefix) {
      const [folder, start] = [
        prefix.slice(0, prefix.lastIndexOf('/') + 1),
        prefix.slice(prefix.lastIndexOf('/') + 1),
      ];
      return walk(folder, start);
    },
  };
}

/** `a/b/c` → `a/b/` and `c`; `a/b/` → `a/` and `b/`. */
function split(path: string): [folder: string, name: string] {
  const at = path.lastIndexOf('/', path.length - 2) + 1;
  return [path.slice(0, at), path.slice(at)];
}
