/** Noise's own crypto stays: in a browser there is nothing faster that answers at once. */
export const noiseOptions = {}
