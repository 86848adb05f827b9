// Ministral 8B: what transformers calls a Mistral whose layer_types alternate.
import 'mistral.jsonnet'
