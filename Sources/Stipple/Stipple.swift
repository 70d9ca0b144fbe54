// What a program needs that trains, generates, restores and measures.
@_exported public import Analysis
@_exported public import Checkpoints
@_exported public import Conversion
@_exported public import Diffusion
@_exported public import Distributed
@_exported public import Editing
@_exported public import Files
@_exported public import Images
@_exported public import Reports
@_exported public import Restoration
@_exported public import Sampling
@_exported public import Text
@_exported public import Training
