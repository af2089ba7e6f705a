export { createSimulation, kindsOf } from './create-simulation.ts';
export type { Simulation, SimulationOptions, SimulationResult } from './create-simulation.ts';
export { drawFaults, FAULT_KINDS } from './draw-faults.ts';
export type { FaultOptions } from './draw-faults.ts';
export { describeFault, endOfFault, problemOfSchedule } from './fault.ts';
export type { Fault, FaultKind } from './fault.ts';
export type { SimulatedModule } from './simulated-module.ts';
export type { Violation, ViolationCode } from './violation.ts';
