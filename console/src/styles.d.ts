/** What Vite makes of an imported style sheet: the class names of a module; nothing of another. */
declare module '*.module.css' {
  const names: Readonly<Record<string, string>>
  export default names
}
declare module '*.css' {}
declare module '*.svg' {
  const url: string
  export default url
}
