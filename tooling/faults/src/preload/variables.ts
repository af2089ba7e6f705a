/** Environment of the modules in this folder. Nothing of the product reads it. */
export const CLOCK_FILE_VARIABLE = 'FAULTS_CLOCK_FILE';
/** Gets a line for each durable write and each signature. */
export const WRITES_FILE_VARIABLE = 'FAULTS_WRITES_FILE';
/** The data folder of the node. */
export const DATA_FOLDER_VARIABLE = 'FAULTS_DATA_FOLDER';
/** `before LABEL` or `after LABEL`: where the process kills itself, at the first such write once the file of `KILL_ARMED_VARIABLE` is there. */
export const KILL_AT_VARIABLE = 'FAULTS_KILL_AT';
export const KILL_ARMED_VARIABLE = 'FAULTS_KILL_ARMED';
