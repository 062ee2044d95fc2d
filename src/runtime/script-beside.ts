import { extname } from 'node:path'

/**
 * The URL of the script `name`, without extension, in the folder of a module. It has the extension of the module, so that it is
 * found whether the source is compiled or not. `module`: its `import.meta.url`.
 */
export function scriptBeside(module: string, name: string): URL {
  return new URL(`./${name}${extname(module)}`, module)
}
