"""Spans of the OpenTelemetry family: one struct for them all, envelopes that hold them, dialects of their content.

Method and field names: the OpenTelemetry GenAI semantic conventions, OpenInference, OpenLLMetry and the Vercel AI
SDK's span attributes. A trace may mix dialects, so each span is read by the first dialect that has its messages.
"""
