export const benchBuild = 0
